// A convolution at every position of a strip, by matrix tiles.
#pragma once

#include "half-layouts.h"

namespace affectlab {

// What is convolved: at position p the kernel's rows look at input + p x step, one `line` after another.
struct Source {
  const Half* input;
  int64_t step, line;
};

// Where the results of positions go: a position is a pixel of a line, and those from `width` on are none of the image.
struct Target {
  Half* y;
  int64_t width, lineLength, filters;
};

// 16 x blocks positions, 16 filters.
template <int blocks>
AFFECTLAB_TILES void sumFilters(const Source& source, const Packed& kernel, int64_t filterTile, float* sums) {
  _tile_zero(0);
  if constexpr (blocks > 1) _tile_zero(1);
  if constexpr (blocks > 2) _tile_zero(2);
  if constexpr (blocks > 3) _tile_zero(3);
  const Half* weights = kernel.of(filterTile);
  const int64_t rowBytes = source.step * sizeof(Half), block = kTileRows * source.step;
  for (int64_t row = 0; row < kernel.rows; row++) {
    const Half* x = source.input + row * source.line;
    for (int64_t tile = 0; tile < kernel.runTiles; tile++, x += kTileHalves, weights += kTileNumbers) {
      _tile_loadd(6, weights, 64);
      _tile_loadd(4, x, rowBytes);
      _tile_dpbf16ps(0, 4, 6);
      if constexpr (blocks > 1) {
        _tile_loadd(5, x + block, rowBytes);
        _tile_dpbf16ps(1, 5, 6);
      }
      if constexpr (blocks > 2) {
        _tile_loadd(4, x + 2 * block, rowBytes);
        _tile_dpbf16ps(2, 4, 6);
      }
      if constexpr (blocks > 3) {
        _tile_loadd(5, x + 3 * block, rowBytes);
        _tile_dpbf16ps(3, 5, 6);
      }
    }
  }
  storeSums<blocks>(sums, kTileSums);
}

// 16 x blocks positions, 32 filters.
template <int blocks>
AFFECTLAB_TILES void sumFilterPairs(const Source& source, const Packed& kernel, int64_t filterTile, float* sums) {
  _tile_zero(0);
  _tile_zero(1);
  if constexpr (blocks > 1) {
    _tile_zero(2);
    _tile_zero(3);
  }
  const Half *left = kernel.of(filterTile), *right = kernel.of(filterTile + 1);
  const int64_t rowBytes = source.step * sizeof(Half), block = kTileRows * source.step;
  for (int64_t row = 0; row < kernel.rows; row++) {
    const Half* x = source.input + row * source.line;
    for (int64_t tile = 0; tile < kernel.runTiles; tile++, x += kTileHalves) {
      _tile_loadd(4, x, rowBytes);
      _tile_loadd(6, left, 64);
      _tile_dpbf16ps(0, 4, 6);
      _tile_loadd(7, right, 64);
      _tile_dpbf16ps(1, 4, 7);
      if constexpr (blocks > 1) {
        _tile_loadd(5, x + block, rowBytes);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
      }
      left += kTileNumbers;
      right += kTileNumbers;
    }
  }
  constexpr int64_t bytes = 2 * kTileRows * sizeof(float), numbers = 2 * kTileRows * kTileRows;
  _tile_stored(0, sums, bytes);
  _tile_stored(1, sums + kTileRows, bytes);
  if constexpr (blocks > 1) {
    _tile_stored(2, sums + numbers, bytes);
    _tile_stored(3, sums + numbers + kTileRows, bytes);
  }
}

// Rounds the sums of `count` positions from `first` on, `tiles` x 16 filters each, to where they belong.
template <int tiles>
AFFECTLAB_TILES void roundSums(const float* sums, int64_t first, int64_t count, const Target& target, int64_t filterTile) {
  const int64_t filter = filterTile * kTileRows, there = std::min(tiles * kTileRows, target.filters - filter);
  const __mmask32 mask = there == 32 ? ~0u : (1u << there) - 1;
  const int64_t ahead = count * target.filters;
  int64_t line = first / target.lineLength, column = first % target.lineLength;
  for (int64_t left = count; left > 0; line++, column = 0) {
    const int64_t positions = std::min(left, target.lineLength - column);
    const int64_t pixels = std::max<int64_t>(0, std::min(positions, target.width - column));
    Half* y = target.y + (line * target.width + column) * target.filters + filter;
    for (int64_t i = 0; i < pixels; i++, y += target.filters) {
      const __m512 low = _mm512_loadu_ps(sums + i * tiles * kTileRows);
      if constexpr (tiles == 2) {
        const __m512 high = _mm512_loadu_ps(sums + i * tiles * kTileRows + kTileRows);
        _mm512_mask_storeu_epi16(y, mask, (__m512i)_mm512_cvtne2ps_pbh(high, low));
      } else {
        _mm256_mask_storeu_epi16(y, static_cast<__mmask16>(mask), (__m256i)_mm512_cvtneps_pbh(low));
      }
      __builtin_prefetch(y + ahead, 1);  // the next block's lines, on their way while its sums are made
    }
    sums += positions * tiles * kTileRows;
    left -= positions;
  }
}

AFFECTLAB_TILES inline void convolvePositions(const Source& source, const Packed& kernel, int64_t positions, const Target& target) {
  alignas(64) float sums[4 * kTileRows * kTileRows];
  const int64_t together = kernel.filterTiles == 1 ? 64 : 32;
  beforeTiles();
  for (int64_t first = 0; first < positions; first += together) {
    const Source here = {source.input + first * source.step, source.step, source.line};
    const int64_t count = std::min(together, positions - first), blocks = ceilDivide(count, kTileRows);
    for (int64_t tile = 0; tile < kernel.filterTiles; tile += 2) {
      if (tile + 1 < kernel.filterTiles) {
        blocks == 1 ? sumFilterPairs<1>(here, kernel, tile, sums) : sumFilterPairs<2>(here, kernel, tile, sums);
        roundSums<2>(sums, first, count, target, tile);
      } else {
        if (blocks == 1) sumFilters<1>(here, kernel, tile, sums);
        if (blocks == 2) sumFilters<2>(here, kernel, tile, sums);
        if (blocks == 3) sumFilters<3>(here, kernel, tile, sums);
        if (blocks == 4) sumFilters<4>(here, kernel, tile, sums);
        roundSums<1>(sums, first, count, target, tile);
      }
    }
  }
}

}  // namespace affectlab
