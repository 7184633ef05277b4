// The gradient of a convolution's kernel by matrix tiles, strip by strip.
#pragma once

#include "half-layouts.h"

namespace affectlab {

// Steps over which sums stay in tiles: what they read is to stay in the first cache.
constexpr int64_t kStepsTogether = 16;

// The sums of the kernel's gradient, [places, vectors / 16, filters / 16] tiles of 16 filters and 16 numbers of a vector:
// the channels of a place, or, of an input of one channel, the places of a row of the kernel.
struct KernelSums {
  int64_t places, vectorTiles, filterTiles;
  std::vector<int64_t> shifts;  // of each place, in positions

  explicit KernelSums(const Shape& s)
      : vectorTiles(ceilDivide(vectorOf(s), kTileRows)), filterTiles(ceilDivide(s.filters, kTileRows)) {
    const int64_t columns = s.channels == 1 ? 1 : s.columns;
    for (int64_t row = 0; row < s.rows; row++)
      for (int64_t column = 0; column < columns; column++) shifts.push_back(row * s.paddedWidth() + column);
    places = shifts.size();
  }
  static int64_t vectorOf(const Shape& s) { return s.channels == 1 ? s.columns : s.channels; }
  int64_t count() const { return places * vectorTiles * filterTiles * kTileSums; }
};

// A strip as its gradient is computed from it: dy as [steps, filters / 16] tiles of 16 filters and 32 positions, and the
// tiles of x's vectors in pairs of positions, from an even and from an odd position on. A step is 32 positions.
struct Strip {
  const Half *dy, *x;
  int64_t steps;
  std::vector<const Half*> columns;  // where those of each place's vectors begin, [places, vectors / 16]
};

// Adds the products of one tile of filters with those of one to five of vectors.
template <int many>
AFFECTLAB_TILES void addProducts(const Half* dy, int64_t nextStep, const Half* const* x, int64_t from, int64_t steps,
                                 float* sums, int64_t nextSums) {
  loadSums<many>(sums, nextSums);
  for (int64_t at = from * kTileNumbers; steps > 0; steps--, at += kTileNumbers, dy += nextStep) {
    _tile_loadd(7, dy, 64);
    _tile_loadd(5, x[0] + at, 64);
    _tile_dpbf16ps(0, 7, 5);
    if constexpr (many > 1) {
      _tile_loadd(6, x[1] + at, 64);
      _tile_dpbf16ps(1, 7, 6);
    }
    if constexpr (many > 2) {
      _tile_loadd(5, x[2] + at, 64);
      _tile_dpbf16ps(2, 7, 5);
    }
    if constexpr (many > 3) {
      _tile_loadd(6, x[3] + at, 64);
      _tile_dpbf16ps(3, 7, 6);
    }
    if constexpr (many > 4) {
      _tile_loadd(5, x[4] + at, 64);
      _tile_dpbf16ps(4, 7, 5);
    }
  }
  storeSums<many>(sums, nextSums);
}

// The same of two tiles of filters with two of vectors.
AFFECTLAB_TILES inline void addProductPairs(const Half* dy, int64_t nextStep, const Half* const* x, int64_t from, int64_t steps,
                                     float* sums, int64_t nextSums) {
  constexpr int64_t bytes = kTileRows * sizeof(float);
  _tile_loadd(0, sums, bytes);
  _tile_loadd(1, sums + kTileSums, bytes);
  _tile_loadd(2, sums + nextSums, bytes);
  _tile_loadd(3, sums + nextSums + kTileSums, bytes);
  for (int64_t at = from * kTileNumbers; steps > 0; steps--, at += kTileNumbers, dy += nextStep) {
    _tile_loadd(4, dy, 64);
    _tile_loadd(6, x[0] + at, 64);
    _tile_dpbf16ps(0, 4, 6);
    _tile_loadd(5, dy + kTileNumbers, 64);
    _tile_dpbf16ps(1, 5, 6);
    _tile_loadd(7, x[1] + at, 64);
    _tile_dpbf16ps(2, 4, 7);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, sums, bytes);
  _tile_stored(1, sums + kTileSums, bytes);
  _tile_stored(2, sums + nextSums, bytes);
  _tile_stored(3, sums + nextSums + kTileSums, bytes);
}

AFFECTLAB_TILES inline void addStrip(const KernelSums& layout, const Strip& strip, float* sums) {
  constexpr decltype(&addProducts<1>) by[] = {addProducts<1>, addProducts<2>, addProducts<3>, addProducts<4>,
                                              addProducts<5>};
  const int64_t filterTiles = layout.filterTiles, nextStep = filterTiles * kTileNumbers, nextSums = filterTiles * kTileSums;
  const int64_t count = strip.columns.size();
  beforeTiles();
  for (int64_t from = 0; from < strip.steps; from += kStepsTogether) {
    const int64_t steps = std::min(kStepsTogether, strip.steps - from);
    for (int64_t tile = 0; tile < filterTiles; tile++) {
      const Half* dy = strip.dy + (from * filterTiles + tile) * kTileNumbers;
      float* own = sums + tile * kTileSums;
      const bool isPair = tile + 1 < filterTiles;
      int64_t i = 0;
      for (; isPair && i + 1 < count; i += 2)
        addProductPairs(dy, nextStep, &strip.columns[i], from, steps, own + i * nextSums, nextSums);
      for (; i < count; i += std::size(by)) {
        const int64_t many = std::min<int64_t>(std::size(by), count - i);
        by[many - 1](dy, nextStep, &strip.columns[i], from, steps, own + i * nextSums, nextSums);
        if (isPair)
          by[many - 1](dy + kTileNumbers, nextStep, &strip.columns[i], from, steps, own + i * nextSums + kTileSums, nextSums);
      }
      if (isPair) tile++;
    }
  }
}

// dy's positions [positions, filters], as Strip wants them; what fills up the last step is 0.
AFFECTLAB_TILES inline void transposeSteps(const Half* from, int64_t positions, int64_t filters, Half* to) {
  const int64_t filterTiles = ceilDivide(filters, kTileRows), whole = filters / 8 * 8;
  for (int64_t position = 0; position < positions; position += kTileHalves, from += kTileHalves * filters) {
    const int64_t there = std::min(kTileHalves, positions - position);
    for (int64_t filter = 0; filter < filters; filter += 8) {
      Half* rows = to + filter * kTileHalves;
      if (filter < whole)
        transposeEight(from + filter, filters, rows, kTileHalves);
      else
        for (int64_t i = 0; i < filters - whole; i++)
          for (int64_t k = 0; k < there; k++) rows[i * kTileHalves + k] = from[k * filters + filter + i];
    }
    to += filterTiles * kTileNumbers;
    for (Half* row = to - filterTiles * kTileNumbers; there < kTileHalves && row < to; row += kTileHalves)
      std::fill(row + there, row + kTileHalves, Half{0});
  }
}

// The gradient of each place, channel and filter from the sums over all clips.
inline void collectKernel(const Shape& s, const KernelSums& layout, const std::vector<float>& sums, float* gradient) {
  const int64_t vectors = s.rows * s.columns * s.channels, width = KernelSums::vectorOf(s);
  const auto collect = [&](int64_t, int64_t first, int64_t last) {
    for (int64_t vector = first; vector < last; vector++) {
      const int64_t place = vector / width, channel = vector % width;
      const int64_t tiles = (place * layout.vectorTiles + channel / kTileRows) * layout.filterTiles;
      const float* from = sums.data() + tiles * kTileSums + channel % kTileRows;
      for (int64_t filter = 0; filter < s.filters; filter++)
        gradient[vector * s.filters + filter] = from[filter * kTileRows];
    }
  };
  divideWork(vectors, std::max<int64_t>(1, kFewestNumbers / s.filters), collect, 1);
}

}  // namespace affectlab
