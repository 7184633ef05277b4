// What half-convolution.cc convolves: images in bf16 with zeros around them, strip by strip, and those that are made of
// another one's pixels where there are strides.
#pragma once

#include <cstring>

#include "half.h"
#include "op.h"
#include "room.h"
#include "tiles.h"

namespace affectlab {

constexpr int64_t kMostColumns = 16;  // of a kernel
// Pixels behind a strip that tiles may look at: a block of positions, and the width of a kernel.
constexpr int64_t kSlack = 64 + 2 * kMostColumns;

inline int64_t ceilDivide(int64_t a, int64_t b) { return (a + b - 1) / b; }

struct Shape {
  int64_t batch, height, width, channels, rows, columns, filters, above, left, outHeight, outWidth;
  int64_t strideDown = 1, strideAcross = 1;
  // Of an image with zeros around it: the lines of a strip lie one after another in memory, so that a pixel's neighbour
  // in the next line is always as far away.
  int64_t paddedWidth() const { return width + columns - 1; }
};

// A convolution with strides as one without: on an image whose pixel (i, j) holds the `down` x `across` pixels of the
// given one, zeros around it counted, that begin at (i x strideDown, j x strideAcross), with a kernel of as many places fewer.
// (Space to depth. Neighbours that the kernel never looks at, as those of a 1 x 1 one, are left out.)
struct Spaced {
  Shape given, shape;
  int64_t down, across;

  explicit Spaced(const Shape& s) : given(s), shape(s), down(std::min(s.strideDown, s.rows)),
                                    across(std::min(s.strideAcross, s.columns)) {
    shape.rows = ceilDivide(s.rows, s.strideDown);
    shape.columns = ceilDivide(s.columns, s.strideAcross);
    shape.channels = down * across * s.channels;
    shape.height = std::max(s.outHeight + shape.rows - 1, ceilDivide(s.height + s.above, s.strideDown));
    shape.width = std::max(s.outWidth + shape.columns - 1, ceilDivide(s.width + s.left, s.strideAcross));
    shape.above = shape.left = 0;
    shape.strideDown = shape.strideAcross = 1;
  }

  // Runs work(place in the kernel of this shape, place in the given one) for all [row, column] x channels of both; the
  // second is -1 where the given kernel has none.
  template <typename Work>
  void forKernel(const Work& work) const {
    int64_t own = 0;
    for (int64_t row = 0; row < shape.rows; row++)
      for (int64_t column = 0; column < shape.columns; column++)
        for (int64_t a = row * given.strideDown; a < row * given.strideDown + down; a++)
          for (int64_t b = column * given.strideAcross; b < column * given.strideAcross + across; b++)
            for (int64_t channel = 0; channel < given.channels; channel++, own++)
              work(own, a < given.rows && b < given.columns ? (a * given.columns + b) * given.channels + channel : -1);
  }

  // Writes line i of the image, [width, channels] of this shape.
  void writeLine(const Half* image, int64_t i, Half* to) const {
    const int64_t together = across * given.channels, pixel = down * together;
    for (int64_t a = 0; a < down; a++) {
      const int64_t row = i * given.strideDown + a - given.above;
      Half* here = to + a * together;
      const Half* line = image + row * given.width * given.channels;
      for (int64_t j = 0; j < shape.width; j++, here += pixel) {
        const int64_t first = j * given.strideAcross - given.left;
        const bool isThere = row >= 0 && row < given.height && first + across > 0 && first < given.width;
        const int64_t from = std::max<int64_t>(0, first), end = std::min(given.width, first + across);
        if (!isThere || end - from < across) std::fill_n(here, together, Half{0});
        if (isThere)
          copyFew(line + from * given.channels, (end - from) * given.channels, here + (from - first) * given.channels);
      }
    }
  }

  // The other way: the given image's pixels from lines `first` on, [lines, width, channels] of this shape; 0 where a pixel
  // is in none.
  void readLines(const Half* lines, int64_t first, int64_t count, Half* image) const {
    const int64_t together = across * given.channels, pixel = down * together;
    for (int64_t row = std::max<int64_t>(0, first * given.strideDown - given.above);
         row < std::min(given.height, (first + count) * given.strideDown - given.above); row++) {
      const int64_t i = (row + given.above) / given.strideDown - first, a = (row + given.above) % given.strideDown;
      Half* to = image + row * given.width * given.channels;
      if (a >= down || across < given.strideAcross) std::fill_n(to, given.width * given.channels, Half{0});
      if (a >= down) continue;
      const Half* here = lines + i * shape.width * pixel + a * together;
      for (int64_t j = 0; j < shape.width; j++, here += pixel) {
        const int64_t first = j * given.strideAcross - given.left;
        const int64_t from = std::max<int64_t>(0, first), end = std::min(given.width, first + across);
        if (from < end)
          copyFew(here + (from - first) * given.channels, (end - from) * given.channels, to + from * given.channels);
      }
    }
  }

 private:
  static void copyFew(const Half* from, int64_t count, Half* to) {
    if (count % kTileRows != 0) {
      for (int64_t i = 0; i < count; i++) to[i] = from[i];
      return;
    }
    for (int64_t i = 0; i < count; i += kTileRows) std::memcpy(to + i, from + i, kTileRows * sizeof(Half));
  }
};

// An image [height, width, channels] of a batch, with zeros around it: `above` it, to its left, and on until the padded
// width.
struct Padded {
  const Half* batch;
  int64_t clips, clip, height, width, channels, above, left, paddedWidth;
  const Spaced* spaced = nullptr;  // of an image that is made of another's pixels

  // Its lines from `first` on, and numbers behind them for tiles to look at: where there are no zeros around it, as it
  // lies; else written to `room`.
  const Half* strip(int64_t first, int64_t lines, Room<Half>& room) const {
    const int64_t line = width * channels, image = height * line, slack = kSlack * channels + kTileHalves;
    const int64_t behind = (clips - clip) * image - (first + lines) * line;
    const bool isWhole = paddedWidth == width && above == 0 && first + lines <= height && behind >= slack;
    if (isWhole && spaced == nullptr) return batch + clip * image + first * line;
    Half* numbers = room.of(lines * paddedWidth * channels + slack);
    write(first, lines, slack, numbers);
    return numbers;
  }

 private:
  void write(int64_t first, int64_t lines, int64_t slack, Half* to) const {
    const int64_t numbers = width * channels, before = left * channels, after = paddedWidth * channels - before - numbers;
    const int64_t given = spaced == nullptr ? height * numbers
                                            : spaced->given.height * spaced->given.width * spaced->given.channels;
    const Half* image = batch + clip * given;
    for (int64_t line = first - above; line < first - above + lines; line++) {
      to = std::fill_n(to, before, Half{0});
      if (line < 0 || line >= height)
        std::fill_n(to, numbers, Half{0});
      else if (spaced != nullptr)
        spaced->writeLine(image, line, to);
      else
        std::copy_n(image + line * numbers, numbers, to);
      to = std::fill_n(to + numbers, after, Half{0});
    }
    std::fill_n(to, slack, Half{0});
  }
};

}  // namespace affectlab
