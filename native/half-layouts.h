// Matrices in bf16 as matrix tiles want them: rows in pairs, transposed, and a kernel as the tiles of a convolution.
#pragma once

#include "half-image.h"

namespace affectlab {

// Rows in pairs, as the product's right side wants them: of a matrix [count, columns], a tile holds 32 rows of 16 columns
// as [16, 16, 2]. What is missing of a tile is 0. The tiles of the next 32 rows come next, those of the next 16 columns so
// many numbers after them.
AFFECTLAB_TILES inline void pairRows(const Half* from, int64_t rowLength, int64_t count, int64_t columns, Half* to,
                              int64_t nextColumns) {
  static const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6,
                                                21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  for (int64_t column = 0; column < columns; column += kTileRows, to += nextColumns) {
    const int64_t there = std::min<int64_t>(kTileRows, columns - column);
    const __mmask16 mask = static_cast<__mmask16>((1u << there) - 1);
    Half* tile = to;
    for (int64_t row = 0; row < count; row += kTileHalves, tile += kTileNumbers) {
      const Half* here = from + row * rowLength + column;
      const int64_t rows = std::min(kTileHalves, count - row);
      for (int64_t pair = 0; pair < kTileRows; pair++, here += 2 * rowLength) {
        const __m256i first = _mm256_maskz_loadu_epi16(2 * pair < rows ? mask : 0, here);
        const __m256i second = _mm256_maskz_loadu_epi16(2 * pair + 1 < rows ? mask : 0, here + rowLength);
        const __m512i both = _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
        _mm512_storeu_si512(tile + pair * kTileHalves, _mm512_permutexvar_epi16(order, both));
      }
    }
  }
}

// Transposes 32 rows of 8 numbers: a register holds a row of each of four blocks of 8 rows.
AFFECTLAB_TILES inline void transposeEight(const Half* from, int64_t rowLength, Half* to, int64_t stride) {
  __m512i row[8], pair[8], four[8];
  for (int i = 0; i < 8; i++) {
    const Half* here = from + i * rowLength;
    row[i] = _mm512_castsi128_si512(_mm_loadu_si128(reinterpret_cast<const __m128i*>(here)));
    for (int block = 1; block < 4; block++) {
      const __m512i other =
          _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i*>(here + 8 * block * rowLength)));
      row[i] = _mm512_mask_mov_epi32(row[i], static_cast<__mmask16>(0xf << 4 * block), other);
    }
  }
  for (int i = 0; i < 4; i++) {
    pair[2 * i] = _mm512_unpacklo_epi16(row[2 * i], row[2 * i + 1]);
    pair[2 * i + 1] = _mm512_unpackhi_epi16(row[2 * i], row[2 * i + 1]);
  }
  for (int i = 0; i < 2; i++) {
    for (int high = 0; high < 2; high++) {
      four[4 * i + 2 * high] = _mm512_unpacklo_epi32(pair[4 * i + high], pair[4 * i + 2 + high]);
      four[4 * i + 2 * high + 1] = _mm512_unpackhi_epi32(pair[4 * i + high], pair[4 * i + 2 + high]);
    }
  }
  for (int i = 0; i < 4; i++) {
    _mm512_storeu_si512(to + 2 * i * stride, _mm512_unpacklo_epi64(four[i], four[4 + i]));
    _mm512_storeu_si512(to + (2 * i + 1) * stride, _mm512_unpackhi_epi64(four[i], four[4 + i]));
  }
}

// [count, channels] -> [channels, stride]. Reads and writes up to 31 rows more than `count`.
AFFECTLAB_TILES inline void transpose(const Half* from, int64_t count, int64_t channels, Half* to, int64_t stride) {
  const int64_t whole = channels / 8 * 8;
  for (int64_t row = 0; row < count; row += 32)
    for (int64_t channel = 0; channel < whole; channel += 8)
      transposeEight(from + row * channels + channel, channels, to + channel * stride + row, stride);
  for (int64_t channel = whole; channel < channels; channel++)
    for (int64_t row = 0; row < count; row++) to[channel * stride + row] = from[row * channels + channel];
}

// The kernel as tiles, [filters / 16, rows, run / 32] of them, `run` being what a row of the kernel looks at.
class Packed {
 public:
  // The kernel is [rows, run, filters], its rows `length` numbers long.
  Packed(const Half* kernel, int64_t rows, int64_t run, int64_t filters, int64_t length)
      : filterTiles(ceilDivide(filters, kTileRows)), rows(rows), runTiles(ceilDivide(run, kTileHalves)) {
    const int64_t ofRow = runTiles * kTileNumbers, ofFilters = rows * ofRow;
    tiles_ = memory_.of(filterTiles * ofFilters);
    for (int64_t row = 0; row < rows; row++)
      pairRows(kernel + row * run * length, length, run, filters, tiles_ + row * ofRow, ofFilters);
  }
  const Half* of(int64_t filterTile) const { return tiles_ + filterTile * rows * runTiles * kTileNumbers; }
  const int64_t filterTiles, rows, runTiles;

 private:
  Room<Half> memory_;
  Half* tiles_;
};

// The kernel turned round, for the gradient of the input: [rows, columns, filters, channels].
inline Packed packTurned(const Half* kernel, const Shape& s) {
  const int64_t places = s.rows * s.columns, place = s.channels * s.filters;
  const int64_t length = ceilDivide(s.channels, kTileHalves) * kTileHalves;
  std::vector<Half> copy(places * place + kTileHalves * s.filters), turned(places * s.filters * length);
  std::copy(kernel, kernel + places * place, copy.data());
  for (int64_t i = 0; i < places; i++)
    transpose(copy.data() + i * place, s.channels, s.filters, turned.data() + (places - 1 - i) * s.filters * length,
              length);
  return Packed(turned.data(), s.rows, s.columns * s.filters, s.channels, length);
}

}  // namespace affectlab
