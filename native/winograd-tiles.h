// Winograd's F(4 x 4, 3 x 3): how images, gradients and kernels become tiles whose products, place by place, are a
// convolution's, and how these become results again (Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural
// Networks", section 4.2): Y = A'[(G g G') * (B' d B)]A.
//
// d are 6 x 6 pixels, Y the 4 x 4 results in their midst, g the kernel's 3 x 3 numbers. Each function below multiplies by
// one of the matrices, a line at a time. Transformed tiles lie as wide-products.h reads them, with 36 places.
#pragma once

#include "cores.h"
#include "wide-products.h"

#if defined(AFFECTLAB_HAS_WIDE_PRODUCTS)

namespace affectlab {

constexpr int64_t kInTile = 4;             // results, each way
constexpr int64_t kSeen = kInTile + 2;     // pixels, each way
constexpr int64_t kPlaces = kSeen * kSeen;

inline int64_t tilesOf(int64_t length) { return (length + kInTile - 1) / kInTile; }

// Images [batch, height, width, channels] that are `down` x `across` tiles each; tile (i, j) begins `above` and `left`
// before pixel (4i, 4j).
struct Tiled {
  int64_t batch, height, width, channels, above, left, down, across;

  int64_t ofClip() const { return down * across; }
  int64_t tiles() const { return batch * ofClip(); }
  int64_t vectors() const { return vectorsOf(channels); }
};

// Tiles in a line of one image: what part of a run of tiles is.
struct TileLine {
  int64_t clip, i, j, count;

  // The piece that tile `tile` begins, ending with its line or before `last`.
  TileLine(const Tiled& image, int64_t tile, int64_t last)
      : clip(tile / image.ofClip()), i(tile / image.across % image.down), j(tile % image.across),
        count(std::min(image.across - j, last - tile)) {}
};

// Lines of pixels that a line of tiles looks at, some of which may lie outside of the image.
struct PixelLines {
  const float* lines[kSeen];  // null where outside
  int64_t width, channels;
  __mmask16 mask;

  PixelLines(const Tiled& image, const float* x, const TileLine& at, int64_t vector)
      : width(image.width), channels(image.channels), mask(maskOf(image.channels, vector)) {
    for (int64_t k = 0; k < kSeen; k++) {
      const int64_t line = kInTile * at.i - image.above + k;
      const bool isThere = line >= 0 && line < image.height;
      lines[k] = isThere ? x + (at.clip * image.height + line) * width * channels + vector * kWide : nullptr;
    }
  }
};

// `count` pixels of a column, 0 where there are none.
template <int count>
AFFECTLAB_LEAF void readColumn(const PixelLines& from, int64_t column, __m512* pixels) {
  const bool isThere = column >= 0 && column < from.width;
#pragma GCC unroll 6
  for (int k = 0; k < count; k++)
    pixels[k] = isThere && from.lines[k] != nullptr
                    ? _mm512_maskz_loadu_ps(from.mask, from.lines[k] + column * from.channels)
                    : _mm512_setzero_ps();
}

AFFECTLAB_LEAF __m512 times(float factor, const __m512& a, const __m512& plus) {
  return _mm512_fmadd_ps(_mm512_set1_ps(factor), a, plus);
}

// B' d.
AFFECTLAB_LEAF void seen(const __m512* d, __m512* t) {
  const __m512 even = times(-4, d[2], d[4]), odd = times(-4, d[1], d[3]);
  const __m512 outer = d[4] - d[2], inner = d[3] - d[1];
  t[0] = times(4, d[0], times(-5, d[2], d[4]));
  t[1] = even + odd;
  t[2] = even - odd;
  t[3] = times(2, inner, outer);
  t[4] = times(-2, inner, outer);
  t[5] = times(4, d[1], times(-5, d[3], d[5]));
}

// A' m.
AFFECTLAB_LEAF void answered(const __m512* m, __m512* y) {
  const __m512 sum = m[1] + m[2], difference = m[1] - m[2], sum2 = m[3] + m[4], difference2 = m[3] - m[4];
  y[0] = m[0] + sum + sum2;
  y[1] = times(2, difference2, difference);
  y[2] = times(4, sum2, sum);
  y[3] = times(8, difference2, difference) + m[5];
}

// A dy: the other way.
AFFECTLAB_LEAF void asked(const __m512* dy, __m512* t) {
  const __m512 even = dy[0] + dy[2], odd = dy[1] + dy[3];
  const __m512 even2 = times(4, dy[2], dy[0]), odd2 = times(8, dy[3], dy[1] + dy[1]);
  t[0] = dy[0];
  t[1] = even + odd;
  t[2] = even - odd;
  t[3] = even2 + odd2;
  t[4] = even2 - odd2;
  t[5] = dy[3];
}

// A tile whose `count` columns are transformed: its rows too, each to its place.
template <int count, void (*transform)(const __m512*, __m512*)>
AFFECTLAB_LEAF void storeRows(const __m512 (*columns)[kSeen], int64_t nextPlace, float* place) {
  for (int k = 0; k < kSeen; k++) {
    __m512 row[count], t[kSeen];
#pragma GCC unroll 6
    for (int c = 0; c < count; c++) row[c] = columns[c][k];
    transform(row, t);
#pragma GCC unroll 6
    for (int c = 0; c < kSeen; c++, place += nextPlace) _mm512_store_ps(place, t[c]);
  }
}

// B' d B of tiles `first` to `last`.
AFFECTLAB_AVX512 inline void transformPixels(const Tiled& image, const float* x, int64_t first, int64_t last, float* to) {
  const int64_t nextPlace = image.vectors() * kTogether * kWide;
  for (int64_t tile = first; tile < last;) {
    const TileLine line(image, tile, last);
    for (int64_t vector = 0; vector < image.vectors(); vector++) {
      const PixelLines from(image, x, line, vector);
      float* v = to + (vector * kTogether + tile - first) * kWide;
      int64_t column = kInTile * line.j - image.left;
      __m512 columns[kSeen][kSeen];  // the next tile begins with the last two
      for (int c = 0; c < 2; c++) {
        __m512 pixels[kSeen];
        readColumn<kSeen>(from, column + c, pixels);
        seen(pixels, columns[c + kInTile]);
      }
      for (int64_t j = 0; j < line.count; j++, column += kInTile, v += kWide) {
        for (int k = 0; k < kSeen; k++) {
          columns[0][k] = columns[kInTile][k];
          columns[1][k] = columns[kInTile + 1][k];
        }
        for (int c = 2; c < kSeen; c++) {
          __m512 pixels[kSeen];
          readColumn<kSeen>(from, column + c, pixels);
          seen(pixels, columns[c]);
        }
        storeRows<kSeen, seen>(columns, nextPlace, v);
      }
    }
    tile += line.count;
  }
}

// A dy A' of tiles `first` to `last`: the gradients of results as those of the products.
AFFECTLAB_AVX512 inline void transformGradients(const Tiled& image, const float* dy, int64_t first, int64_t last, float* to) {
  const int64_t nextPlace = image.vectors() * kTogether * kWide;
  for (int64_t tile = first; tile < last;) {
    const TileLine line(image, tile, last);
    for (int64_t vector = 0; vector < image.vectors(); vector++) {
      const PixelLines from(image, dy, line, vector);
      float* v = to + (vector * kTogether + tile - first) * kWide;
      for (int64_t j = 0; j < line.count; j++, v += kWide) {
        __m512 columns[kInTile][kSeen];
        for (int c = 0; c < kInTile; c++) {
          __m512 pixels[kInTile];
          readColumn<kInTile>(from, kInTile * (line.j + j) + c, pixels);
          asked(pixels, columns[c]);
        }
        storeRows<kInTile, asked>(columns, nextPlace, v);
      }
    }
    tile += line.count;
  }
}

// A' m A of tiles `first` to `last`, to the results y [batch, height, width, channels].
AFFECTLAB_AVX512 inline void writeResults(const Tiled& image, const float* products, int64_t first, int64_t last, float* y) {
  const int64_t nextPlace = image.vectors() * kTogether * kWide;
  for (int64_t tile = first; tile < last;) {
    const TileLine line(image, tile, last);
    for (int64_t vector = 0; vector < image.vectors(); vector++) {
      const __mmask16 mask = maskOf(image.channels, vector);
      const float* m = products + (vector * kTogether + tile - first) * kWide;
      const int64_t lines = std::min(kInTile, image.height - kInTile * line.i), nextLine = image.width * image.channels;
      float* to = y + ((line.clip * image.height + kInTile * line.i) * image.width + kInTile * line.j) * image.channels + vector * kWide;
      for (int64_t j = 0; j < line.count; j++, m += kWide, to += kInTile * image.channels) {
        __m512 columns[kSeen][kInTile];
        for (int c = 0; c < kSeen; c++) {
          __m512 column[kSeen];
#pragma GCC unroll 6
          for (int k = 0; k < kSeen; k++) column[k] = _mm512_load_ps(m + (k * kSeen + c) * nextPlace);
          answered(column, columns[c]);
        }
        const int64_t width = std::min(kInTile, image.width - kInTile * (line.j + j));
        for (int64_t k = 0; k < lines; k++) {
          __m512 row[kSeen], t[kInTile];
#pragma GCC unroll 6
          for (int c = 0; c < kSeen; c++) row[c] = columns[c][k];
          answered(row, t);
          float* pixel = to + k * nextLine;
          for (int64_t c = 0; c < width; c++, pixel += image.channels) _mm512_mask_storeu_ps(pixel, mask, t[c]);
        }
      }
    }
    tile += line.count;
  }
}

// G g.
AFFECTLAB_LEAF void transformKernelLine(const __m512* g, __m512* t) {
  const __m512 even = (g[0] + g[2]) / -6, odd = g[1] / -6;
  const __m512 even2 = times(4, g[2], g[0]) / 24, odd2 = g[1] / 12;
  t[0] = g[0] / 4;
  t[1] = even + odd;
  t[2] = even - odd;
  t[3] = even2 + odd2;
  t[4] = even2 - odd2;
  t[5] = g[2];
}

// G' u: the other way.
AFFECTLAB_LEAF void gatherKernelLine(const __m512* u, __m512* g) {
  const __m512 sum = (u[1] + u[2]) / 6, sum2 = (u[3] + u[4]) / 24;
  g[0] = u[0] / 4 - sum + sum2;
  g[1] = (u[2] - u[1]) / 6 + (u[3] - u[4]) / 12;
  g[2] = times(4, sum2, u[5] - sum);
}

// What `transformKernel` makes of 16 channels and 16 filters.
AFFECTLAB_AVX512 inline void transformKernelBlock(const float* kernel, int64_t channels, int64_t filters, int64_t channel,
                                                  int64_t filter, bool turned, Panels& made) {
  alignas(64) float block[kPlaces][kWide][kWide];
  const __mmask16 mask = maskOf(filters, filter / kWide);
  const int64_t down = std::min(kWide, channels - channel), across = std::min(kWide, filters - filter);
  for (int64_t c = 0; c < down; c++) {
    __m512 columns[3][kSeen];
    for (int64_t j = 0; j < 3; j++) {
      __m512 g[3];
      for (int64_t i = 0; i < 3; i++) {
        const int64_t place = turned ? 8 - (3 * i + j) : 3 * i + j;
        g[i] = _mm512_maskz_loadu_ps(mask, kernel + (place * channels + channel + c) * filters + filter);
      }
      transformKernelLine(g, columns[j]);
    }
    for (int64_t i = 0; i < kSeen; i++) {
      const __m512 row[3] = {columns[0][i], columns[1][i], columns[2][i]};
      __m512 t[kSeen];
      transformKernelLine(row, t);
      for (int64_t j = 0; j < kSeen; j++) _mm512_store_ps(block[i * kSeen + j][c], t[j]);
    }
  }
  float* to = made.numbers.data();
  for (int64_t place = 0; place < kPlaces; place++, to += made.ofPlace()) {
    if (!turned) {
      for (int64_t c = 0; c < down; c++)
        _mm512_storeu_ps(to + made.at(channel + c, filter), _mm512_load_ps(block[place][c]));
    } else {
      for (int64_t f = 0; f < across; f++)
        for (int64_t c = 0; c < down; c++) to[made.at(filter + f, channel) + c] = block[place][c][f];
    }
  }
}

// A kernel [3, 3, channels, filters] as G g G'; `turned` for the gradient of the input: the other way round, filters to
// channels.
inline Panels transformKernel(const float* kernel, int64_t channels, int64_t filters, bool turned) {
  const int64_t down = vectorsOf(channels), across = vectorsOf(filters);
  Panels made(kPlaces, turned ? across : down, turned ? down : across);
  Cores::shared().run(down * across, [&](int64_t block) {
    transformKernelBlock(kernel, channels, filters, block / across * kWide, block % across * kWide, turned, made);
  });
  return made;
}

// G' u G of channel `channel`: the gradient of a kernel [3, 3, channels, filters] from that of the transformed one, as
// `addOuterProducts` sums it.
AFFECTLAB_AVX512 inline void writeKernelGradient(const float* sums, int64_t channels, int64_t filters, int64_t channel,
                                                 float* gradient) {
  constexpr int64_t square = kWide * kWide;
  const int64_t across = vectorsOf(filters), ofPlace = vectorsOf(channels) * across * square;
  for (int64_t vector = 0; vector < across; vector++) {
    const float* from = sums + (channel / kWide * across + vector) * square + channel % kWide * kWide;
    __m512 columns[kSeen][3];
    for (int64_t j = 0; j < kSeen; j++) {
      __m512 u[kSeen];
      for (int64_t i = 0; i < kSeen; i++) u[i] = _mm512_loadu_ps(from + (i * kSeen + j) * ofPlace);
      gatherKernelLine(u, columns[j]);
    }
    for (int64_t i = 0; i < 3; i++) {
      __m512 row[kSeen], g[3];
      for (int64_t j = 0; j < kSeen; j++) row[j] = columns[j][i];
      gatherKernelLine(row, g);
      for (int64_t j = 0; j < 3; j++)
        _mm512_mask_storeu_ps(gradient + ((3 * i + j) * channels + channel) * filters + vector * kWide,
                              maskOf(filters, vector), g[j]);
    }
  }
}

}  // namespace affectlab
#endif
