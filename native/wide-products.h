// Products of many short rows in float32 by vectors of 16: with a kernel, and with gradients to a kernel's.
//
// Rows lie as [vectors, kTogether rows, 16 numbers], so that a row's neighbours are a known distance apart: a loop reads as
// many as there are registers to sum them in. There may be several `places` of them, each with a kernel of its own.
#pragma once

#include "instructions.h"

#if defined(__x86_64__)
#define AFFECTLAB_HAS_WIDE_PRODUCTS 1

#include <immintrin.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#define AFFECTLAB_LEAF AFFECTLAB_AVX512 static inline __attribute__((always_inline))

namespace affectlab {

constexpr int64_t kWide = 16;  // numbers of a vector
// Rows: a multiple of those of every product below, and their vectors begin in different sets of the first cache.
constexpr int64_t kTogether = 60;

inline bool hasWideProducts() { return bestInstructions() == Instructions::avx512; }

inline int64_t vectorsOf(int64_t channels) { return (channels + kWide - 1) / kWide; }

// Of a pixel's vector, the channels that there are.
inline __mmask16 maskOf(int64_t channels, int64_t vector) {
  const int64_t there = std::min(kWide, channels - vector * kWide);
  return static_cast<__mmask16>((1u << there) - 1);
}

// A kernel as products read it, [places, panels, depth, a panel's results]: depth and results in vectors, filled up with 0.
struct Panels {
  int64_t places, depth, vectors, panel;
  std::vector<float> numbers;

  Panels(int64_t ofPlaces, int64_t depthVectors, int64_t resultVectors)
      : places(ofPlaces), depth(depthVectors), vectors(resultVectors), panel(together(resultVectors)),
        numbers(ofPlaces * depthVectors * resultVectors * kWide * kWide) {}

  int64_t ofPlace() const { return depth * vectors * kWide * kWide; }
  // Where in a place the weight from number `in` to result `out` stands.
  int64_t at(int64_t in, int64_t out) const {
    const int64_t width = panel * kWide;
    return (out / width * depth * kWide + in) * width + out % width;
  }

 private:
  // As many vectors of results as fit the registers beside the rows.
  static int64_t together(int64_t vectors) { return vectors % 2 == 0 ? 2 : vectors % 3 == 0 ? 3 : 1; }
};

// `rows` tiles, `vectors` x 16 results.
template <int rows, int vectors>
AFFECTLAB_LEAF void multiplyRows(const float* tiles, const float* weights, int64_t depth, float* products) {
  __m512 sums[rows][vectors];
#pragma GCC unroll 16
  for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) sums[r][v] = _mm512_setzero_ps();
  for (int64_t d = 0; d < depth; d++, tiles += kTogether * kWide) {
#pragma GCC unroll 2
    for (int k = 0; k < kWide; k++, weights += vectors * kWide) {
      __m512 w[vectors];
#pragma GCC unroll 4
      for (int v = 0; v < vectors; v++) w[v] = _mm512_loadu_ps(weights + v * kWide);
#pragma GCC unroll 16
      for (int r = 0; r < rows; r++) {
        const __m512 number = _mm512_set1_ps(tiles[r * kWide + k]);
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) sums[r][v] = _mm512_fmadd_ps(number, w[v], sums[r][v]);
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) _mm512_store_ps(products + (v * kTogether + r) * kWide, sums[r][v]);
}

template <int rows, int vectors>
AFFECTLAB_AVX512 void multiplyPanels(const float* tiles, const Panels& kernel, int64_t count, float* products) {
  const int64_t ofTiles = kernel.depth * kTogether * kWide, ofProducts = vectors * kTogether * kWide;
  const int64_t ofPanel = kernel.depth * kWide * vectors * kWide;
  const float* weights = kernel.numbers.data();
  for (int64_t place = 0; place < kernel.places; place++, tiles += ofTiles)
    for (int64_t panel = 0; panel < kernel.vectors; panel += vectors, weights += ofPanel, products += ofProducts)
      for (int64_t row = 0; row < count; row += rows)
        multiplyRows<rows, vectors>(tiles + row * kWide, weights, kernel.depth, products + row * kWide);
}

// Tiles [places, depth, kTogether, 16] with the kernel to products [places, vectors, kTogether, 16]; `count` tiles of them.
// What is made of others than these is of no use.
inline void multiplyTiles(const float* tiles, const Panels& kernel, int64_t count, float* products) {
  if (kernel.panel == 2) return multiplyPanels<12, 2>(tiles, kernel, count, products);
  if (kernel.panel == 3) return multiplyPanels<6, 3>(tiles, kernel, count, products);
  multiplyPanels<15, 1>(tiles, kernel, count, products);
}

// Adds to [rows channels, vectors x 16 results] the products of `count` tiles with their gradients.
template <int rows, int vectors>
AFFECTLAB_LEAF void addOuter(const float* tiles, const float* gradients, int64_t count, float* sums, int64_t nextVector) {
  __m512 s[rows][vectors];
#pragma GCC unroll 16
  for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) s[r][v] = _mm512_loadu_ps(sums + v * nextVector + r * kWide);
  for (int64_t t = 0; t < count; t++, tiles += kWide, gradients += kWide) {
    __m512 g[vectors];
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) g[v] = _mm512_load_ps(gradients + v * kTogether * kWide);
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
      const __m512 number = _mm512_set1_ps(tiles[r]);
#pragma GCC unroll 4
      for (int v = 0; v < vectors; v++) s[r][v] = _mm512_fmadd_ps(number, g[v], s[r][v]);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) _mm512_storeu_ps(sums + v * nextVector + r * kWide, s[r][v]);
}

// Adds tiles [places, channels, kTogether, 16] times gradients [places, filters, kTogether, 16] to sums [places, channels,
// filters, 16 channels, 16 filters]; channels and filters in vectors.
AFFECTLAB_AVX512 inline void addOuterProducts(int64_t places, const float* tiles, int64_t channels, const float* gradients,
                                              int64_t filters, int64_t count, float* sums) {
  constexpr int64_t square = kWide * kWide, ofVector = kTogether * kWide;
  for (int64_t place = 0; place < places; place++, gradients += filters * ofVector)
    for (int64_t c = 0; c < channels; c++, tiles += ofVector, sums += filters * square) {
      int64_t f = 0;
      for (; f + 1 < filters; f += 2) {
        addOuter<8, 2>(tiles, gradients + f * ofVector, count, sums + f * square, square);
        addOuter<8, 2>(tiles + 8, gradients + f * ofVector, count, sums + f * square + 8 * kWide, square);
      }
      if (f < filters) addOuter<16, 1>(tiles, gradients + f * ofVector, count, sums + f * square, square);
    }
}

}  // namespace affectlab
#endif
