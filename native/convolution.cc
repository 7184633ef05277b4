// A convolution with all that follows it when a network answers, in one pass, and without the reordering of inputs and
// weights that oneDNN begins each call with, which for a single clip takes longer than the convolution.
//
//   AffectlabConvolution(x, kernel, bias, addend; strides, before, output, adds, rectifies) -> y
//
// x is [batch, height, width, channels], kernel [rows, columns, channels, filters] with filters a multiple of 16, y
// [batch, output, filters]; `before` is the padding above and to the left. float32, on the CPU, on all cores where the
// work is worth a thread. src/kernels/fused-convolution.ts says what is computed, and its tests hold it to tfjs.
#include "convolution.h"

#include <cstring>

#include "op.h"

namespace affectlab {
namespace {

constexpr int64_t kWorthAThread = 1 << 22;  // multiplications

struct Geometry {
  std::vector<int64_t> strides, before, output;
  bool adds = false, rectifies = false;
};

// Pixels of one row that are summed side by side: as many sums as hide the latency of an addition.
constexpr int64_t kPixels = 8;

struct Arguments {
  // [batch, blocks of channels, height, width, channels of a block], with zeros around what is there.
  const float* padded;
  const float *kernel, *bias, *addend;
  float* y;
  int64_t channels, rows, columns, filters;
  int64_t blocks, paddedHeight, paddedWidth;
  int64_t outputHeight, outputWidth, tilesInRow, strideDown;
  bool rectifies;
};

// kPixels pixels of the output from `column` on, panels of `vectors` x 16 filters. `block` channels lie together in the
// input, so that the pixels are a known distance apart: `block` x `stride`.
template <int pixels, int vectors, int block, int stride>
AFFECTLAB_INLINE void sumPanel(const Arguments& a, const float* input, int64_t panel, int64_t at, int64_t count) {
  const int64_t first = panel * vectors * kLanes;
  Vector sums[pixels][vectors];
  for (int v = 0; v < vectors; v++) {
    const Vector bias = Vector(affectlab::at(a.bias + first + v * kLanes));
    for (int p = 0; p < pixels; p++) sums[p][v] = bias;
  }
  const float* w = a.kernel + first;
  for (int64_t row = 0; row < a.rows; row++) {
    for (int64_t column = 0; column < a.columns; column++) {
      for (int64_t b = 0; b < a.blocks; b++) {
        const float* x = input + ((b * a.paddedHeight + row) * a.paddedWidth + column) * block;
        const int64_t width = std::min<int64_t>(block, a.channels - b * block);
        for (int64_t channel = 0; channel < width; channel++, w += a.filters) {
          Vector weights[vectors];
          for (int v = 0; v < vectors; v++) weights[v] = affectlab::at(w + v * kLanes);
#pragma GCC unroll 8
          for (int p = 0; p < pixels; p++) {
            const float value = x[p * block * stride + channel];
            for (int v = 0; v < vectors; v++) sums[p][v] += value * weights[v];
          }
        }
      }
    }
  }
  for (int64_t p = 0; p < count; p++) {
    for (int v = 0; v < vectors; v++) {
      const int64_t place = (at + p) * a.filters + first + v * kLanes;
      Vector y = sums[p][v];
      if (a.addend != nullptr) y += affectlab::at(a.addend + place);
      if (a.rectifies) y = y > 0.0f ? y : Vector{};
      affectlab::at(a.y + place) = y;
    }
  }
}

// Tiles `first` to `last` of all images, all filters of each.
template <int pixels, int vectors, int block, int stride>
AFFECTLAB_INLINE void sumTiles(const Arguments& a, int64_t first, int64_t last) {
  const int64_t image = a.blocks * a.paddedHeight * a.paddedWidth * block;
  const int64_t panels = a.filters / (vectors * kLanes);
  for (int64_t tile = first; tile < last; tile++) {
    const int64_t line = tile / a.tilesInRow, start = tile % a.tilesInRow * kPixels;
    const int64_t n = line / a.outputHeight, down = line % a.outputHeight;
    const float* input = a.padded + n * image + (down * a.strideDown * a.paddedWidth + start * stride) * block;
    const int64_t end = std::min(start + kPixels, a.outputWidth);
    for (int64_t panel = 0; panel < panels; panel++) {
      for (int64_t from = start; from < end; from += pixels) {
        sumPanel<pixels, vectors, block, stride>(a, input + (from - start) * stride * block, panel,
                                                 line * a.outputWidth + from, std::min<int64_t>(pixels, end - from));
      }
    }
  }
}

typedef void (*Tiles)(const Arguments&, int64_t, int64_t);
// By vectors of filters in a panel (1 to 3), channels that lie together (1 or 16), stride across (1 or 2).
struct Loops {
  Tiles tiles[3][2][2];
};

#define AFFECTLAB_TILES(name, attributes, pixels, vectors, block, stride)                                        \
  attributes void name##vectors##block##stride(const Arguments& a, int64_t first, int64_t last) {                \
    sumTiles<pixels, vectors, block, stride>(a, first, last);                                                    \
  }
#define AFFECTLAB_PANELS(name, attributes, pixels, vectors)     \
  AFFECTLAB_TILES(name, attributes, pixels, vectors, 1, 1)      \
  AFFECTLAB_TILES(name, attributes, pixels, vectors, 1, 2)      \
  AFFECTLAB_TILES(name, attributes, pixels, vectors, 16, 1)     \
  AFFECTLAB_TILES(name, attributes, pixels, vectors, 16, 2)
#define AFFECTLAB_ROW(name, vectors) \
  { {name##vectors##11, name##vectors##12}, {name##vectors##161, name##vectors##162} }

// As many pixels and vectors as the registers of each instruction set hold.
AFFECTLAB_PANELS(plain, , 2, 1)
const Loops plainLoops = {{AFFECTLAB_ROW(plain, 1), AFFECTLAB_ROW(plain, 1), AFFECTLAB_ROW(plain, 1)}};
#if defined(__x86_64__)
AFFECTLAB_PANELS(avx2, AFFECTLAB_AVX2, 4, 1)
const Loops avx2Loops = {{AFFECTLAB_ROW(avx2, 1), AFFECTLAB_ROW(avx2, 1), AFFECTLAB_ROW(avx2, 1)}};
AFFECTLAB_PANELS(avx512, AFFECTLAB_AVX512, kPixels, 1)
AFFECTLAB_PANELS(avx512, AFFECTLAB_AVX512, kPixels, 2)
AFFECTLAB_PANELS(avx512, AFFECTLAB_AVX512, kPixels, 3)
const Loops avx512Loops = {{AFFECTLAB_ROW(avx512, 1), AFFECTLAB_ROW(avx512, 2), AFFECTLAB_ROW(avx512, 3)}};
#endif

const Loops& loops() {
#if defined(__x86_64__)
  return fastest(plainLoops, avx2Loops, avx512Loops);
#else
  return plainLoops;
#endif
}

void* create(TF_OpKernelConstruction* construction) {
  Attributes attributes(construction);
  return new Geometry{attributes.pair("strides"), attributes.pair("before"), attributes.pair("output"),
                      attributes.flag("adds"), attributes.flag("rectifies")};
}
void destroy(void* geometry) { delete static_cast<Geometry*>(geometry); }

// x with zeros around it, `block` channels of a pixel together; the memory stays for this thread's next call.
const float* pad(const float* x, const std::vector<int64_t>& shape, const std::vector<int64_t>& before, int64_t block,
                 const Arguments& a) {
  static thread_local std::vector<float> padded;
  const int64_t batch = shape[0], height = shape[1], width = shape[2], channels = shape[3];
  const size_t size = batch * a.blocks * a.paddedHeight * a.paddedWidth * block;
  padded.assign(size, 0.0f);
  const int64_t rows = std::min(height, a.paddedHeight - before[0]);
  const int64_t columns = std::min(width, a.paddedWidth - before[1]);
  for (int64_t n = 0; n < batch; n++) {
    for (int64_t b = 0; b < a.blocks; b++) {
      const int64_t count = std::min(block, channels - b * block);
      for (int64_t row = 0; row < rows; row++) {
        const float* from = x + (n * height + row) * width * channels + b * block;
        float* to = padded.data() +
                    (((n * a.blocks + b) * a.paddedHeight + row + before[0]) * a.paddedWidth + before[1]) * block;
        if (count == channels && count == block) {
          std::memcpy(to, from, columns * block * sizeof(float));
        } else {
          for (int64_t column = 0; column < columns; column++, from += channels, to += block)
            for (int64_t i = 0; i < count; i++) to[i] = from[i];
        }
      }
    }
  }
  return padded.data();
}

void convolve(void* state, TF_OpKernelContext* context) {
  const Geometry& geometry = *static_cast<Geometry*>(state);
  Call call(context);
  const TF_Tensor *x = call.input(0), *kernel = call.input(1), *bias = call.input(2), *addend = call.input(3);
  if (!call.isFine()) return;
  const std::vector<int64_t> shape = shapeOf(x), weights = shapeOf(kernel);
  const int64_t across = geometry.strides[1];
  call.require(shape.size() == 4 && weights.size() == 4 && weights[2] == shape[3] && weights[3] > 0 &&
                   weights[3] % kLanes == 0 && TF_TensorElementCount(bias) == weights[3],
               "AffectlabConvolution: kernel is to be [rows, columns, x's channels, filters], filters a multiple of 16");
  call.require(geometry.strides[0] > 0 && (across == 1 || across == 2),
               "AffectlabConvolution: the stride across is to be 1 or 2");
  if (!call.isFine()) return;
  const std::vector<int64_t> outShape = {shape[0], geometry.output[0], geometry.output[1], weights[3]};
  call.require(!geometry.adds || shapeOf(addend) == outShape, "AffectlabConvolution: addend is to have the result's shape");
  Arguments a{};
  a.y = call.output<float>(0, outShape, TF_FLOAT);
  if (!call.isFine()) return;
  const int64_t block = shape[3] == 1 ? 1 : kLanes;
  a.kernel = dataOf<float>(kernel);
  a.bias = dataOf<float>(bias);
  a.addend = geometry.adds ? dataOf<float>(addend) : nullptr;
  a.rectifies = geometry.rectifies;
  a.rows = weights[0];
  a.columns = weights[1];
  a.channels = weights[2];
  a.filters = weights[3];
  a.blocks = (a.channels + block - 1) / block;
  a.outputHeight = outShape[1];
  a.outputWidth = outShape[2];
  a.tilesInRow = (a.outputWidth + kPixels - 1) / kPixels;
  a.strideDown = geometry.strides[0];
  a.paddedHeight = (a.outputHeight - 1) * a.strideDown + a.rows;
  a.paddedWidth = (a.tilesInRow * kPixels - 1) * across + a.columns;
  a.padded = pad(dataOf<float>(x), shape, geometry.before, block, a);
  const int64_t vectors = a.filters / kLanes;
  const int64_t inPanel = vectors % 2 == 0 ? 2 : vectors % 3 == 0 ? 3 : 1;
  const Tiles tiles = loops().tiles[inPanel - 1][block == 1 ? 0 : 1][across - 1];
  const int64_t inTile = kPixels * a.rows * a.columns * a.channels * a.filters;
  divideWork(
      shape[0] * a.outputHeight * a.tilesInRow, std::max<int64_t>(1, kWorthAThread / inTile),
      [&](int64_t, int64_t first, int64_t last) { tiles(a, first, last); }, 1);
}

}  // namespace

std::string registerConvolutionOps() {
  TF_Status* status = TF_NewStatus();
  const char* name = "AffectlabConvolution";
  defineOp({name,
            {"x: float", "kernel: float", "bias: float", "addend: float"},
            {"y: float"},
            {"strides: list(int)", "before: list(int)", "output: list(int)", "adds: bool", "rectifies: bool"}},
           status);
  if (TF_GetCode(status) == TF_OK)
    TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", create, convolve, destroy), status);
  const std::string problem = TF_GetCode(status) == TF_OK ? "" : TF_Message(status);
  TF_DeleteStatus(status);
  return problem;
}

}  // namespace affectlab
