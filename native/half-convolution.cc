// Convolutions of a training step in bf16 by the processor's matrix tiles: forward, and both gradients in one call.
//
//   AffectlabHalfConvolution(x, kernel; strides, before, output) -> y
//   AffectlabHalfConvolutionGrad(dy, x, kernel; strides, before, needs_input) -> dx, kernel_grad
//
// x is [batch, height, width, channels], kernel [rows, columns, channels, filters], y [batch, output, filters], dx like x
// (or empty where nobody needs it), all bf16; kernel_grad is like the kernel, in float32. `before` is the padding above
// and to the left. Sums are float32. On processors with AMX alone (tiles.h), on all cores, with the same result on any
// number of them. src/kernels/half-convolution.ts says what is computed, and its tests hold it to float32.
//
// The numbers that a row of the kernel looks at are neighbours in memory: `columns` pixels of all channels. So for each
// row of the kernel a convolution is a product with [columns x channels, filters] of a matrix whose rows overlap, each
// beginning one pixel after the one before it, and tiles are loaded from where the pixels lie: nothing is copied but to
// lay zeros around some lines of an image, which then stay in the second cache.
//
// The gradient of the input is such a convolution of dy with the kernel turned round. The gradient of the kernel is, for
// each of its places, a product over all positions of dy, transposed, with x, shifted by the place. Such a product wants x
// in pairs of positions; it has them twice, from an even and from an odd one on, so that a shift is where a tile begins.
#include "half-convolution.h"

#include "tiles.h"

#if !defined(AFFECTLAB_HAS_TILES)
namespace affectlab {
bool hasHalfConvolutionOps() { return false; }
std::string registerHalfConvolutionOps() { return ""; }
}  // namespace affectlab
#else

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "half.h"
#include "op.h"

namespace affectlab {
namespace {

// Clips are summed in so many groups whatever the number of cores, and the groups in their order.
constexpr int64_t kGroups = 8;
// Of a strip of lines with its zeros: what is made of it shall stay in the second cache.
constexpr int64_t kStripHalves = 1 << 16;
// Steps over which sums stay in tiles: what they read is to stay in the first cache.
constexpr int64_t kStepsTogether = 16;
constexpr int64_t kMostColumns = 16;  // of a kernel
// Pixels behind a strip that tiles may look at: a block of positions, and the width of a kernel.
constexpr int64_t kSlack = 64 + 2 * kMostColumns;

int64_t ceilDivide(int64_t a, int64_t b) { return (a + b - 1) / b; }

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

// Memory that begins with a cache line, which a tile's row is as long as; it may stay for a thread's next call.
class Room {
 public:
  Half* of(int64_t count) {
    if (count > count_) {
      const int64_t bytes = ceilDivide(count * static_cast<int64_t>(sizeof(Half)), kLineBytes) * kLineBytes;
      numbers_.reset(static_cast<Half*>(std::aligned_alloc(kLineBytes, bytes)));
      if (numbers_ == nullptr) throw std::bad_alloc();
      count_ = count;
    }
    return numbers_.get();
  }

 private:
  static constexpr int64_t kLineBytes = 64;
  struct Free {
    void operator()(Half* numbers) const { std::free(numbers); }
  };
  std::unique_ptr<Half, Free> numbers_;
  int64_t count_ = 0;
};

// An image [height, width, channels] of a batch, with zeros around it: `above` it, to its left, and on until the padded
// width.
struct Padded {
  const Half* batch;
  int64_t clips, clip, height, width, channels, above, left, paddedWidth;
  const Spaced* spaced = nullptr;  // of an image that is made of another's pixels

  // Its lines from `first` on, and numbers behind them for tiles to look at: where there are no zeros around it, as it
  // lies; else written to `room`.
  const Half* strip(int64_t first, int64_t lines, Room& room) const {
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

// Rows in pairs, as the product's right side wants them: of a matrix [count, columns], a tile holds 32 rows of 16 columns
// as [16, 16, 2]. What is missing of a tile is 0. The tiles of the next 32 rows come next, those of the next 16 columns so
// many numbers after them.
AFFECTLAB_TILES void pairRows(const Half* from, int64_t rowLength, int64_t count, int64_t columns, Half* to,
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
AFFECTLAB_TILES void transpose(const Half* from, int64_t count, int64_t channels, Half* to, int64_t stride) {
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
  Room memory_;
  Half* tiles_;
};

// The kernel turned round, for the gradient of the input: [rows, columns, filters, channels].
Packed packTurned(const Half* kernel, const Shape& s) {
  const int64_t places = s.rows * s.columns, place = s.channels * s.filters;
  const int64_t length = ceilDivide(s.channels, kTileHalves) * kTileHalves;
  std::vector<Half> copy(places * place + kTileHalves * s.filters), turned(places * s.filters * length);
  std::copy(kernel, kernel + places * place, copy.data());
  for (int64_t i = 0; i < places; i++)
    transpose(copy.data() + i * place, s.channels, s.filters, turned.data() + (places - 1 - i) * s.filters * length,
              length);
  return Packed(turned.data(), s.rows, s.columns * s.filters, s.channels, length);
}

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
  constexpr int64_t bytes = kTileRows * sizeof(float), numbers = kTileRows * kTileRows;
  _tile_stored(0, sums, bytes);
  if constexpr (blocks > 1) _tile_stored(1, sums + numbers, bytes);
  if constexpr (blocks > 2) _tile_stored(2, sums + 2 * numbers, bytes);
  if constexpr (blocks > 3) _tile_stored(3, sums + 3 * numbers, bytes);
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

AFFECTLAB_TILES void convolvePositions(const Source& source, const Packed& kernel, int64_t positions, const Target& target) {
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

// The lines of a strip: as many as the cache holds, all strips about equally many.
int64_t stripLines(int64_t lines, int64_t line) {
  const int64_t most = std::max<int64_t>(1, kStripHalves / line);
  return ceilDivide(lines, ceilDivide(lines, most));
}

// Every position of a strip's lines, those between the lines too: there are few.
int64_t positionsOf(int64_t lines, int64_t width, int64_t paddedWidth) { return (lines - 1) * paddedWidth + width; }

// `spaced` where x is the image that the shape's is made of.
void convolve(const Half* x, const Half* weights, const Shape& s, const Spaced* spaced, Half* y) {
  const Packed kernel(weights, s.rows, s.columns * s.channels, s.filters, s.filters);
  const int64_t paddedWidth = s.paddedWidth(), line = paddedWidth * s.channels;
  const int64_t most = stripLines(s.outHeight, line), strips = ceilDivide(s.outHeight, most);
  Cores::shared().run(s.batch * strips, [&](int64_t task) {
    static thread_local Room room;
    const Tiles tiles;
    const int64_t clip = task / strips, first = task % strips * most, lines = std::min(most, s.outHeight - first);
    const Padded padded = {x, s.batch, clip, s.height, s.width, s.channels, s.above, s.left, paddedWidth,
                           spaced};
    const Half* input = padded.strip(first, lines + s.rows - 1, room);
    convolvePositions({input, s.channels, line}, kernel, positionsOf(lines, s.outWidth, paddedWidth),
                      {y + (clip * s.outHeight + first) * s.outWidth * s.filters, s.outWidth, paddedWidth, s.filters});
  });
}

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
  constexpr int64_t bytes = kTileRows * sizeof(float);
  _tile_loadd(0, sums, bytes);
  if constexpr (many > 1) _tile_loadd(1, sums + nextSums, bytes);
  if constexpr (many > 2) _tile_loadd(2, sums + 2 * nextSums, bytes);
  if constexpr (many > 3) _tile_loadd(3, sums + 3 * nextSums, bytes);
  if constexpr (many > 4) _tile_loadd(4, sums + 4 * nextSums, bytes);
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
  _tile_stored(0, sums, bytes);
  if constexpr (many > 1) _tile_stored(1, sums + nextSums, bytes);
  if constexpr (many > 2) _tile_stored(2, sums + 2 * nextSums, bytes);
  if constexpr (many > 3) _tile_stored(3, sums + 3 * nextSums, bytes);
  if constexpr (many > 4) _tile_stored(4, sums + 4 * nextSums, bytes);
}

// The same of two tiles of filters with two of vectors.
AFFECTLAB_TILES void addProductPairs(const Half* dy, int64_t nextStep, const Half* const* x, int64_t from, int64_t steps,
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

AFFECTLAB_TILES void addStrip(const KernelSums& layout, const Strip& strip, float* sums) {
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
AFFECTLAB_TILES void transposeSteps(const Half* from, int64_t positions, int64_t filters, Half* to) {
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

// The gradient of each place, channel and filter from the sums of all groups, added in their order.
void collectKernel(const Shape& s, const KernelSums& layout, const std::vector<float>& sums, int64_t groups,
                   float* gradient) {
  const int64_t vectors = s.rows * s.columns * s.channels, width = KernelSums::vectorOf(s), count = layout.count();
  const auto collect = [&](int64_t, int64_t first, int64_t last) {
    for (int64_t vector = first; vector < last; vector++) {
      const int64_t place = vector / width, channel = vector % width;
      const int64_t tiles = (place * layout.vectorTiles + channel / kTileRows) * layout.filterTiles;
      const float* from = sums.data() + tiles * kTileSums + channel % kTileRows;
      for (int64_t filter = 0; filter < s.filters; filter++) {
        float sum = 0;
        for (int64_t group = 0; group < groups; group++) sum += from[group * count + filter * kTileRows];
        gradient[vector * s.filters + filter] = sum;
      }
    }
  };
  divideWork(vectors, std::max<int64_t>(1, kFewestNumbers / s.filters), collect, 1);
}

// dx is null where nobody needs it.
void convolveBack(const Half* dy, const Half* x, const Half* weights, const Shape& s, const Spaced* spaced, Half* dx,
                  float* kernelGrad) {
  const int64_t paddedWidth = s.paddedWidth(), vector = KernelSums::vectorOf(s);
  const int64_t most = stripLines(s.height, paddedWidth * std::max(s.channels, s.filters));
  const int64_t strips = ceilDivide(s.height, most);
  const KernelSums layout(s);
  const Packed turned = dx == nullptr ? Packed(weights, 0, 0, 0, 0) : packTurned(weights, s);
  const int64_t groups = std::min(kGroups, s.batch), count = layout.count();
  const int64_t below = s.rows - 1 - s.above, right = s.columns - 1 - s.left;
  std::vector<float> sums(groups * count);

  const auto addTo = [&](float* own, int64_t clip, int64_t first) {
    static thread_local Room dyRoom, xRoom, dxRoom, stepsRoom, pairsRoom;
    const int64_t lines = std::min(most, s.height - first), inputLines = lines + s.rows - 1;
    const Padded paddedDy = {dy, s.batch, clip, s.outHeight, s.outWidth, s.filters, below, right, paddedWidth};
    const Half* gradient = paddedDy.strip(first, inputLines, dyRoom);
    if (dx != nullptr) {
      const int64_t line = s.width * s.channels;
      Half* to = spaced == nullptr ? dx + (clip * s.height + first) * line : dxRoom.of(lines * line);
      convolvePositions({gradient, s.filters, paddedWidth * s.filters}, turned, positionsOf(lines, s.width, paddedWidth),
                        {to, s.width, paddedWidth, s.channels});
      if (spaced != nullptr) {
        const Shape& given = spaced->given;
        spaced->readLines(to, first, lines, dx + clip * given.height * given.width * given.channels);
      }
    }
    const Padded paddedX = {x, s.batch, clip, s.height, s.width, s.channels, s.above, s.left, paddedWidth, spaced};
    const Half* input = paddedX.strip(first, inputLines, xRoom);

    const int64_t positions = lines * paddedWidth, steps = ceilDivide(positions, kTileHalves);
    Half* transposed = stepsRoom.of(steps * layout.filterTiles * kTileNumbers);
    transposeSteps(gradient + (below * paddedWidth + right) * s.filters, positions, s.filters, transposed);
    const int64_t length = ceilDivide(steps * kTileHalves + layout.shifts.back(), kTileHalves) * kTileHalves;
    const int64_t ofTile = length * kTileRows, ofParity = layout.vectorTiles * ofTile;
    Half* pairs = pairsRoom.of(2 * ofParity);
    for (int64_t odd = 0; odd <= (layout.shifts.size() > 1 ? 1 : 0); odd++)
      pairRows(input + odd * s.channels, s.channels, length, vector, pairs + odd * ofParity, ofTile);
    Strip strip = {transposed, pairs, steps, {}};
    for (const int64_t shift : layout.shifts)
      for (int64_t tile = 0; tile < layout.vectorTiles; tile++)
        strip.columns.push_back(pairs + shift % 2 * ofParity + tile * ofTile + shift / 2 * kTileHalves);
    addStrip(layout, strip, own);
  };
  Cores::shared().run(groups, [&](int64_t group) {
    const Tiles tiles;
    const int64_t last = (group + 1) * s.batch / groups;
    for (int64_t clip = group * s.batch / groups; clip < last; clip++)
      for (int64_t strip = 0; strip < strips; strip++) addTo(sums.data() + group * count, clip, strip * most);
  });
  collectKernel(s, layout, sums, groups, kernelGrad);
}

struct Options {
  std::vector<int64_t> strides, before, output;
  bool needsInput = true;
};

void* createOptions(TF_OpKernelConstruction* construction, bool isGradient) {
  TF_Status* status = TF_NewStatus();
  auto* options = new Options();
  const auto readPair = [&](const char* name, std::vector<int64_t>& pair) {
    pair.resize(2);
    if (TF_GetCode(status) == TF_OK)
      TF_OpKernelConstruction_GetAttrInt64List(construction, name, pair.data(), 2, status);
  };
  readPair("strides", options->strides);
  readPair("before", options->before);
  unsigned char needsInput = 1;
  if (!isGradient)
    readPair("output", options->output);
  else if (TF_GetCode(status) == TF_OK)
    TF_OpKernelConstruction_GetAttrBool(construction, "needs_input", &needsInput, status);
  options->needsInput = needsInput != 0;
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return options;
}
void* createForward(TF_OpKernelConstruction* construction) { return createOptions(construction, false); }
void* createBackward(TF_OpKernelConstruction* construction) { return createOptions(construction, true); }
void deleteOptions(void* options) { delete static_cast<Options*>(options); }

// All of a call's lengths; what does not fit is said to the call.
Shape shapeOfCall(Call& call, const TF_Tensor* x, const TF_Tensor* kernel, const Options& options,
                  const std::vector<int64_t>& output) {
  if (!call.isFine()) return {};
  const std::vector<int64_t> input = shapeOf(x), weights = shapeOf(kernel), &before = options.before;
  call.require(input.size() == 4 && weights.size() == 4 && input[3] == weights[2] && TF_TensorElementCount(x) > 0 &&
                   TF_TensorElementCount(kernel) > 0 && weights[1] <= kMostColumns,
               "AffectlabHalfConvolution: x is to be [batch, height, width, channels] and not empty, kernel [rows, "
               "columns, channels, filters] of at most 16 columns");
  if (!call.isFine()) return {};
  const auto fits = [&](int axis) {
    const int64_t in = input[axis + 1], size = weights[axis], stride = options.strides[axis], out = output[axis];
    return stride > 0 && before[axis] >= 0 && before[axis] < size && out > 0 && (out - 1) * stride < in;
  };
  call.require(fits(0) && fits(1), "AffectlabHalfConvolution: strides, padding and output do not fit x and kernel");
  return {input[0],  input[1],  input[2],  input[3],  weights[0],         weights[1],        weights[3],
          before[0], before[1], output[0], output[1], options.strides[0], options.strides[1]};
}

// The kernel for the spaced image.
std::vector<Half> spaceKernel(const Half* kernel, const Spaced& spaced) {
  const Shape& s = spaced.shape;
  std::vector<Half> own(s.rows * s.columns * s.channels * s.filters);
  spaced.forKernel([&](int64_t to, int64_t from) {
    if (from >= 0) std::copy_n(kernel + from * s.filters, s.filters, own.data() + to * s.filters);
  });
  return own;
}

void computeForward(void* given, TF_OpKernelContext* context) {
  const auto& options = *static_cast<const Options*>(given);
  Call call(context);
  const TF_Tensor *x = call.input(0), *kernel = call.input(1);
  const Shape s = shapeOfCall(call, x, kernel, options, options.output);
  if (!call.isFine()) return;
  Half* y = call.output<Half>(0, {s.batch, s.outHeight, s.outWidth, s.filters}, TF_BFLOAT16);
  if (!call.isFine()) return;
  const Half *image = dataOf<Half>(x), *weights = dataOf<Half>(kernel);
  if (s.strideDown == 1 && s.strideAcross == 1) return convolve(image, weights, s, nullptr, y);
  const Spaced spaced(s);
  convolve(image, spaceKernel(weights, spaced).data(), spaced.shape, &spaced, y);
}

void computeBackward(void* given, TF_OpKernelContext* context) {
  const auto& options = *static_cast<const Options*>(given);
  Call call(context);
  const TF_Tensor *dy = call.input(0), *x = call.input(1), *kernel = call.input(2);
  if (!call.isFine()) return;
  const std::vector<int64_t> gradient = shapeOf(dy);
  call.require(gradient.size() == 4, "AffectlabHalfConvolutionGrad: dy is to be [batch, height, width, filters]");
  if (!call.isFine()) return;
  const Shape s = shapeOfCall(call, x, kernel, options, {gradient[1], gradient[2]});
  call.require(gradient[0] == s.batch && gradient[3] == s.filters,
               "AffectlabHalfConvolutionGrad: dy is to have x's batch and the kernel's filters");
  if (!call.isFine()) return;
  Half* dx = call.output<Half>(0, options.needsInput ? shapeOf(x) : std::vector<int64_t>{0}, TF_BFLOAT16);
  float* kernelGrad = call.output<float>(1, shapeOf(kernel), TF_FLOAT);
  if (!call.isFine()) return;
  const Half *gradientOfY = dataOf<Half>(dy), *image = dataOf<Half>(x), *weights = dataOf<Half>(kernel);
  if (!options.needsInput) dx = nullptr;
  if (s.strideDown == 1 && s.strideAcross == 1)
    return convolveBack(gradientOfY, image, weights, s, nullptr, dx, kernelGrad);
  const Spaced spaced(s);
  const int64_t filters = s.filters;
  std::vector<float> own(spaced.shape.rows * spaced.shape.columns * spaced.shape.channels * filters);
  convolveBack(gradientOfY, image, spaceKernel(weights, spaced).data(), spaced.shape, &spaced, dx, own.data());
  spaced.forKernel([&](int64_t from, int64_t to) {
    if (to >= 0) std::copy_n(own.data() + from * filters, filters, kernelGrad + to * filters);
  });
}

void define(TF_Status* status) {
  const char *forward = "AffectlabHalfConvolution", *backward = "AffectlabHalfConvolutionGrad";
  const char *types = "T: {bfloat16}", *strides = "strides: list(int)", *before = "before: list(int)";
  defineOp({forward, {"x: T", "kernel: T"}, {"y: T"}, {types, strides, before, "output: list(int)"}}, status);
  defineOp({backward,
            {"dy: T", "x: T", "kernel: T"},
            {"dx: T", "kernel_grad: float"},
            {types, strides, before, "needs_input: bool"}},
           status);
  addKernel(forward, TF_BFLOAT16, {computeForward, createForward, deleteOptions}, status);
  addKernel(backward, TF_BFLOAT16, {computeBackward, createBackward, deleteOptions}, status);
}

}  // namespace

bool hasHalfConvolutionOps() { return hasTiles(); }

std::string registerHalfConvolutionOps() { return hasTiles() ? registerWith(define) : ""; }

}  // namespace affectlab
#endif
