// 3 x 3 convolutions of a training step in float32 with 36 products where there are 144: forward, and both gradients in one
// call.
//
//   AffectlabWinograd(x, kernel; before, output) -> y
//   AffectlabWinogradGrad(dy, x, kernel; before, needs_input) -> dx, kernel_grad
//
// x is [batch, height, width, channels], kernel [3, 3, channels, filters], y [batch, output, filters], dx like x (or empty
// where nobody needs it); `before` is the padding above and to the left. On processors with AVX-512 alone, on all cores,
// with the same result on any number of them. src/kernels/winograd-convolution.ts says what is computed, and its tests hold
// it to TensorFlow's.
//
// winograd-tiles.h says how. The transformed tiles of a run, and their products, stay in the second cache: memory sees an
// image and a result once. The gradient of the input is the convolution of dy with the kernel turned round; that of the
// kernel is, place by place, a product over all tiles of x's with dy's.
#include "winograd.h"

#include "clip-groups.h"
#include "op.h"
#include "room.h"
#include "winograd-tiles.h"

#if !defined(AFFECTLAB_HAS_WIDE_PRODUCTS)
namespace affectlab {
bool hasWinogradOps() { return false; }
std::string registerWinogradOps() { return ""; }
}  // namespace affectlab
#else

namespace affectlab {
namespace {

struct Options {
  std::vector<int64_t> before, output;
  bool needsInput = true;
};

struct Shape {
  int64_t batch, height, width, channels, filters, above, left, outHeight, outWidth;

  Tiled inputs() const { return {batch, height, width, channels, above, left, tilesOf(outHeight), tilesOf(outWidth)}; }
  Tiled results() const { return {batch, outHeight, outWidth, filters, 0, 0, tilesOf(outHeight), tilesOf(outWidth)}; }
  // dy as what the gradient of the input is convolved from, and that gradient.
  Tiled turnedInputs() const {
    return {batch, outHeight, outWidth, filters, 2 - above, 2 - left, tilesOf(height), tilesOf(width)};
  }
  Tiled turnedResults() const { return {batch, height, width, channels, 0, 0, tilesOf(height), tilesOf(width)}; }
};

int64_t roomOf(const Tiled& image) { return kPlaces * image.vectors() * kTogether * kWide; }

struct Rooms {
  Room<float> tiles, products;
};

// Tiles `first` to `last`, at most kTogether.
void convolveTiles(const Tiled& from, const float* x, const Panels& kernel, const Tiled& to, int64_t first,
                   int64_t last, Rooms& rooms, float* y) {
  float *tiles = rooms.tiles.of(roomOf(from)), *products = rooms.products.of(roomOf(to));
  transformPixels(from, x, first, last, tiles);
  multiplyTiles(tiles, kernel, last - first, products);
  writeResults(to, products, first, last, y);
}

void convolve(const Shape& s, const float* x, const float* weights, float* y) {
  const Tiled from = s.inputs(), to = s.results();
  const Panels kernel = transformKernel(weights, s.channels, s.filters, false);
  Cores::shared().run((from.tiles() + kTogether - 1) / kTogether, [&](int64_t run) {
    static thread_local Rooms rooms;
    const int64_t first = run * kTogether;
    convolveTiles(from, x, kernel, to, first, std::min(first + kTogether, from.tiles()), rooms, y);
  });
}

// dx is null where nobody needs it.
void convolveBack(const Shape& s, const float* dy, const float* x, const float* weights, float* dx, float* kernelGrad) {
  const Tiled images = s.inputs(), gradients = s.results(), from = s.turnedInputs(), to = s.turnedResults();
  const Panels turned = transformKernel(weights, dx == nullptr ? 0 : s.channels, s.filters, true);
  ClipGroups groups(s.batch, kPlaces * images.vectors() * gradients.vectors() * kWide * kWide);
  groups.run([&](int64_t firstClip, int64_t lastClip, float* sums) {
    static thread_local Rooms rooms, outer;
    // Runs work(first, last) for the runs of tiles of these clips.
    const auto forRuns = [&](const Tiled& image, const auto& work) {
      const int64_t ofClip = image.ofClip(), end = lastClip * ofClip;
      for (int64_t first = firstClip * ofClip; first < end; first += kTogether) work(first, std::min(first + kTogether, end));
    };
    if (dx != nullptr)
      forRuns(from, [&](int64_t first, int64_t last) { convolveTiles(from, dy, turned, to, first, last, rooms, dx); });
    float *tiles = outer.tiles.of(roomOf(images)), *products = outer.products.of(roomOf(gradients));
    forRuns(images, [&](int64_t first, int64_t last) {
      transformPixels(images, x, first, last, tiles);
      transformGradients(gradients, dy, first, last, products);
      addOuterProducts(kPlaces, tiles, images.vectors(), products, gradients.vectors(), last - first, sums);
    });
  });
  const std::vector<float> total = groups.total();
  Cores::shared().run(s.channels, [&](int64_t channel) {
    writeKernelGradient(total.data(), s.channels, s.filters, channel, kernelGrad);
  });
}

void* createForward(TF_OpKernelConstruction* construction) {
  Attributes attributes(construction);
  return new Options{attributes.pair("before"), attributes.pair("output")};
}
void* createBackward(TF_OpKernelConstruction* construction) {
  Attributes attributes(construction);
  return new Options{attributes.pair("before"), {}, attributes.flag("needs_input")};
}
void deleteOptions(void* options) { delete static_cast<Options*>(options); }

// All of a call's lengths; what does not fit is said to the call.
Shape shapeOfCall(Call& call, const TF_Tensor* x, const TF_Tensor* kernel, const std::vector<int64_t>& before,
                  const std::vector<int64_t>& output) {
  if (!call.isFine()) return {};
  const std::vector<int64_t> input = shapeOf(x), weights = shapeOf(kernel);
  call.require(input.size() == 4 && weights.size() == 4 && weights[0] == 3 && weights[1] == 3 && input[3] == weights[2] &&
                   TF_TensorElementCount(x) > 0 && TF_TensorElementCount(kernel) > 0,
               "AffectlabWinograd: x is to be [batch, height, width, channels] and not empty, kernel [3, 3, channels, filters]");
  const auto fits = [](int64_t padding, int64_t length) { return padding >= 0 && padding < 3 && length > 0; };
  call.require(fits(before[0], output[0]) && fits(before[1], output[1]),
               "AffectlabWinograd: padding and output do not fit a kernel of 3 x 3");
  if (!call.isFine()) return {};
  return {input[0], input[1], input[2], input[3], weights[3], before[0], before[1], output[0], output[1]};
}

void computeForward(void* given, TF_OpKernelContext* context) {
  const auto& options = *static_cast<const Options*>(given);
  Call call(context);
  const TF_Tensor *x = call.input(0), *kernel = call.input(1);
  const Shape s = shapeOfCall(call, x, kernel, options.before, options.output);
  if (!call.isFine()) return;
  float* y = call.output<float>(0, {s.batch, s.outHeight, s.outWidth, s.filters}, TF_FLOAT);
  if (call.isFine()) convolve(s, dataOf<float>(x), dataOf<float>(kernel), y);
}

void computeBackward(void* given, TF_OpKernelContext* context) {
  const auto& options = *static_cast<const Options*>(given);
  Call call(context);
  const TF_Tensor *dy = call.input(0), *x = call.input(1), *kernel = call.input(2);
  if (!call.isFine()) return;
  const std::vector<int64_t> gradient = shapeOf(dy);
  call.require(gradient.size() == 4, "AffectlabWinogradGrad: dy is to be [batch, height, width, filters]");
  if (!call.isFine()) return;
  const Shape s = shapeOfCall(call, x, kernel, options.before, {gradient[1], gradient[2]});
  call.require(gradient[0] == s.batch && gradient[3] == s.filters,
               "AffectlabWinogradGrad: dy is to have x's batch and the kernel's filters");
  if (!call.isFine()) return;
  float* dx = call.output<float>(0, options.needsInput ? shapeOf(x) : std::vector<int64_t>{0}, TF_FLOAT);
  float* kernelGrad = call.output<float>(1, shapeOf(kernel), TF_FLOAT);
  if (!call.isFine()) return;
  convolveBack(s, dataOf<float>(dy), dataOf<float>(x), dataOf<float>(kernel), options.needsInput ? dx : nullptr, kernelGrad);
}

void define(TF_Status* status) {
  const char *forward = "AffectlabWinograd", *backward = "AffectlabWinogradGrad", *before = "before: list(int)";
  defineOp({forward, {"x: float", "kernel: float"}, {"y: float"}, {before, "output: list(int)"}}, status);
  defineOp({backward,
            {"dy: float", "x: float", "kernel: float"},
            {"dx: float", "kernel_grad: float"},
            {before, "needs_input: bool"}},
           status);
  addKernel(forward, {computeForward, createForward, deleteOptions}, status);
  addKernel(backward, {computeBackward, createBackward, deleteOptions}, status);
}

}  // namespace

bool hasWinogradOps() { return hasWideProducts(); }

std::string registerWinogradOps() { return hasWinogradOps() ? registerWith(define) : ""; }

}  // namespace affectlab
#endif
