// Winograd's F(2 x 2, 3 x 3): how images, gradients and kernels become tiles whose products, place by place, are a
// convolution's, and how these become results again (Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural
// Networks", section 4.1).
//
//   Y = A'[(G g G') * (B' d B)]A,  A' = [1 1 1 0; 0 1 -1 -1],  B' = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1],
//                                  G = [1 0 0; 1/2 1/2 1/2; 1/2 -1/2 1/2; 0 0 1]
//
// d are 4 x 4 pixels, Y the 2 x 2 results in their midst, g the kernel's 3 x 3 numbers. Transformed tiles lie as
// [16 places, vectors, tiles, 16 channels]: a tile's neighbours are a known distance apart.
#pragma once

#include "wide-products.h"

#if defined(AFFECTLAB_HAS_WIDE_PRODUCTS)

namespace affectlab {

constexpr int64_t kPlaces = 16;  // of a tile

// Images [batch, height, width, channels] that are `down` x `across` tiles each; tile (i, j) begins `above` and `left`
// before pixel (2i, 2j).
struct Tiled {
  int64_t batch, height, width, channels, above, left, down, across;

  int64_t tiles() const { return batch * down * across; }
  int64_t vectors() const { return vectorsOf(channels); }
};

// Tiles in a line of one image: what part of a run of tiles is.
struct TileLine {
  int64_t clip, i, j, count;

  // The piece that tile `tile` begins, ending with its line or before `last`.
  TileLine(const Tiled& image, int64_t tile, int64_t last)
      : clip(tile / image.across / image.down), i(tile / image.across % image.down), j(tile % image.across),
        count(std::min(image.across - j, last - tile)) {}
};

// Four lines of pixels, some of which may lie outside of the image.
struct PixelLines {
  const float* lines[4];  // null where outside
  int64_t width, channels;
  __mmask16 mask;

  PixelLines(const Tiled& image, const float* x, const TileLine& at, int64_t vector)
      : width(image.width), channels(image.channels), mask(maskOf(image.channels, vector)) {
    for (int64_t k = 0; k < 4; k++) {
      const int64_t line = 2 * at.i - image.above + k;
      const bool isThere = line >= 0 && line < image.height;
      lines[k] = isThere ? x + (at.clip * image.height + line) * width * channels + vector * kWide : nullptr;
    }
  }
};

AFFECTLAB_LEAF __m512 pixel(const PixelLines& from, int64_t line, int64_t column) {
  const float* start = from.lines[line];
  if (start == nullptr || column < 0 || column >= from.width) return _mm512_setzero_ps();
  return _mm512_maskz_loadu_ps(from.mask, start + column * from.channels);
}

// B' of a column of four pixels.
AFFECTLAB_LEAF void transformColumn(const PixelLines& from, int64_t column, __m512* t) {
  const __m512 a = pixel(from, 0, column), b = pixel(from, 1, column), c = pixel(from, 2, column),
               d = pixel(from, 3, column);
  t[0] = a - c;
  t[1] = b + c;
  t[2] = c - b;
  t[3] = b - d;
}

// B' d B of tiles `first` to `last`, `together` places for tiles in `to`.
AFFECTLAB_AVX512 inline void transformPixels(const Tiled& image, const float* x, int64_t first, int64_t last,
                                             int64_t together, float* to) {
  const int64_t nextPlace = image.vectors() * together * kWide;
  for (int64_t tile = first; tile < last;) {
    const TileLine line(image, tile, last);
    for (int64_t vector = 0; vector < image.vectors(); vector++) {
      const PixelLines from(image, x, line, vector);
      float* v = to + (vector * together + tile - first) * kWide;
      int64_t column = 2 * line.j - image.left;
      __m512 t[4][4];  // by column, then line
      transformColumn(from, column, t[0]);
      transformColumn(from, column + 1, t[1]);
      for (int64_t j = 0; j < line.count; j++, column += 2, v += kWide) {
        transformColumn(from, column + 2, t[2]);
        transformColumn(from, column + 3, t[3]);
        float* place = v;
#pragma GCC unroll 4
        for (int k = 0; k < 4; k++, place += 4 * nextPlace) {
          _mm512_store_ps(place, t[0][k] - t[2][k]);
          _mm512_store_ps(place + nextPlace, t[1][k] + t[2][k]);
          _mm512_store_ps(place + 2 * nextPlace, t[2][k] - t[1][k]);
          _mm512_store_ps(place + 3 * nextPlace, t[1][k] - t[3][k]);
          t[0][k] = t[2][k];
          t[1][k] = t[3][k];
        }
      }
    }
    tile += line.count;
  }
}

// A dy A' of tiles `first` to `last`: the gradients of results, a tile's 2 x 2 at a time, as the products' gradients.
AFFECTLAB_AVX512 inline void transformGradients(const Tiled& image, const float* dy, int64_t first, int64_t last,
                                                int64_t together, float* to) {
  const int64_t nextPlace = image.vectors() * together * kWide;
  for (int64_t tile = first; tile < last;) {
    const TileLine line(image, tile, last);
    for (int64_t vector = 0; vector < image.vectors(); vector++) {
      const PixelLines from(image, dy, line, vector);
      float* v = to + (vector * together + tile - first) * kWide;
      for (int64_t j = 0; j < line.count; j++, v += kWide) {
        const int64_t column = 2 * (line.j + j);
        __m512 t[2][4];
#pragma GCC unroll 2
        for (int c = 0; c < 2; c++) {
          const __m512 a = pixel(from, 0, column + c), b = pixel(from, 1, column + c);
          t[c][0] = a;
          t[c][1] = a + b;
          t[c][2] = a - b;
          t[c][3] = _mm512_setzero_ps() - b;
        }
        float* place = v;
#pragma GCC unroll 4
        for (int k = 0; k < 4; k++, place += 4 * nextPlace) {
          _mm512_store_ps(place, t[0][k]);
          _mm512_store_ps(place + nextPlace, t[0][k] + t[1][k]);
          _mm512_store_ps(place + 2 * nextPlace, t[0][k] - t[1][k]);
          _mm512_store_ps(place + 3 * nextPlace, _mm512_setzero_ps() - t[1][k]);
        }
      }
    }
    tile += line.count;
  }
}

// A' m A of tiles `first` to `last`, to the results y [batch, height, width, channels].
AFFECTLAB_AVX512 inline void writeResults(const Tiled& image, const float* products, int64_t first, int64_t last,
                                          int64_t together, float* y) {
  const int64_t nextPlace = image.vectors() * together * kWide;
  for (int64_t tile = first; tile < last;) {
    const TileLine line(image, tile, last);
    for (int64_t vector = 0; vector < image.vectors(); vector++) {
      const __mmask16 mask = maskOf(image.channels, vector);
      const float* m = products + (vector * together + tile - first) * kWide;
      float* upper = y + ((line.clip * image.height + 2 * line.i) * image.width + 2 * line.j) * image.channels + vector * kWide;
      float* lower = 2 * line.i + 1 < image.height ? upper + image.width * image.channels : nullptr;
      for (int64_t j = 0; j < line.count; j++, m += kWide) {
        __m512 s[2][4];
#pragma GCC unroll 4
        for (int c = 0; c < 4; c++) {
          const __m512 a = _mm512_load_ps(m + c * nextPlace), b = _mm512_load_ps(m + (4 + c) * nextPlace),
                       d = _mm512_load_ps(m + (8 + c) * nextPlace), e = _mm512_load_ps(m + (12 + c) * nextPlace);
          s[0][c] = a + b + d;
          s[1][c] = b - d - e;
        }
        const bool isWhole = 2 * (line.j + j) + 1 < image.width;
        _mm512_mask_storeu_ps(upper, mask, s[0][0] + s[0][1] + s[0][2]);
        if (isWhole) _mm512_mask_storeu_ps(upper + image.channels, mask, s[0][1] - s[0][2] - s[0][3]);
        upper += 2 * image.channels;
        if (lower == nullptr) continue;
        _mm512_mask_storeu_ps(lower, mask, s[1][0] + s[1][1] + s[1][2]);
        if (isWhole) _mm512_mask_storeu_ps(lower + image.channels, mask, s[1][1] - s[1][2] - s[1][3]);
        lower += 2 * image.channels;
      }
    }
    tile += line.count;
  }
}

// A kernel [3, 3, channels, filters] as G g G'; `turned` for the gradient of the input: the other way round, filters to
// channels.
inline Panels transformKernel(const float* kernel, int64_t channels, int64_t filters, bool turned) {
  Panels made(kPlaces, vectorsOf(turned ? filters : channels), vectorsOf(turned ? channels : filters));
  const int64_t place = made.ofPlace();
  for (int64_t c = 0; c < channels; c++) {
    for (int64_t f = 0; f < filters; f++) {
      float g[3][3], half[4][3];
      for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++) {
          const int from = turned ? 8 - (3 * i + j) : 3 * i + j;
          g[i][j] = kernel[(from * channels + c) * filters + f];
        }
      for (int j = 0; j < 3; j++) {
        half[0][j] = g[0][j];
        half[1][j] = 0.5f * (g[0][j] + g[1][j] + g[2][j]);
        half[2][j] = 0.5f * (g[0][j] - g[1][j] + g[2][j]);
        half[3][j] = g[2][j];
      }
      float* to = made.numbers.data() + (turned ? made.at(f, c) : made.at(c, f));
      for (int i = 0; i < 4; i++) {
        to[(4 * i) * place] = half[i][0];
        to[(4 * i + 1) * place] = 0.5f * (half[i][0] + half[i][1] + half[i][2]);
        to[(4 * i + 2) * place] = 0.5f * (half[i][0] - half[i][1] + half[i][2]);
        to[(4 * i + 3) * place] = half[i][2];
      }
    }
  }
  return made;
}

// G' u G: the gradient of a kernel [3, 3, channels, filters] from that of the transformed one, as `addOuterProducts` sums it.
inline void writeKernelGradient(const float* sums, int64_t channels, int64_t filters, float* gradient) {
  constexpr int64_t square = kWide * kWide;
  const int64_t place = vectorsOf(channels) * vectorsOf(filters) * square;
  for (int64_t c = 0; c < channels; c++)
    for (int64_t f = 0; f < filters; f++) {
      const float* u = sums + (c / kWide * vectorsOf(filters) + f / kWide) * square + c % kWide * kWide + f % kWide;
      float half[3][4];
      for (int j = 0; j < 4; j++) {
        const float a = u[j * place], b = u[(4 + j) * place], d = u[(8 + j) * place], e = u[(12 + j) * place];
        half[0][j] = a + 0.5f * (b + d);
        half[1][j] = 0.5f * (b - d);
        half[2][j] = 0.5f * (b + d) + e;
      }
      for (int i = 0; i < 3; i++) {
        float* to = gradient + (3 * i * channels + c) * filters + f;
        to[0] = half[i][0] + 0.5f * (half[i][1] + half[i][2]);
        to[channels * filters] = 0.5f * (half[i][1] - half[i][2]);
        to[2 * channels * filters] = 0.5f * (half[i][1] + half[i][2]) + half[i][3];
      }
    }
}

}  // namespace affectlab
#endif
