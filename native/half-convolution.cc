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

#include <optional>

#include "clip-groups.h"
#include "half-kernel-gradient.h"
#include "half-positions.h"

namespace affectlab {
namespace {

// Of a strip of lines with its zeros: what is made of it shall stay in the second cache.
constexpr int64_t kStripHalves = 1 << 16;

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
    static thread_local Room<Half> room;
    const Tiles tiles;
    const int64_t clip = task / strips, first = task % strips * most, lines = std::min(most, s.outHeight - first);
    const Padded padded = {x, s.batch, clip, s.height, s.width, s.channels, s.above, s.left, paddedWidth, spaced};
    const Half* input = padded.strip(first, lines + s.rows - 1, room);
    convolvePositions({input, s.channels, line}, kernel, positionsOf(lines, s.outWidth, paddedWidth),
                      {y + (clip * s.outHeight + first) * s.outWidth * s.filters, s.outWidth, paddedWidth, s.filters});
  });
}

// dx is null where nobody needs it.
void convolveBack(const Half* dy, const Half* x, const Half* weights, const Shape& s, const Spaced* spaced, Half* dx,
                  float* kernelGrad) {
  const int64_t paddedWidth = s.paddedWidth(), vector = KernelSums::vectorOf(s);
  const int64_t most = stripLines(s.height, paddedWidth * std::max(s.channels, s.filters));
  const int64_t strips = ceilDivide(s.height, most);
  const KernelSums layout(s);
  const std::optional<Packed> turned = dx == nullptr ? std::nullopt : std::optional(packTurned(weights, s));
  const int64_t below = s.rows - 1 - s.above, right = s.columns - 1 - s.left;

  const auto addTo = [&](float* own, int64_t clip, int64_t first) {
    static thread_local Room<Half> dyRoom, xRoom, dxRoom, stepsRoom, pairsRoom;
    const int64_t lines = std::min(most, s.height - first), inputLines = lines + s.rows - 1;
    const Padded paddedDy = {dy, s.batch, clip, s.outHeight, s.outWidth, s.filters, below, right, paddedWidth};
    const Half* gradient = paddedDy.strip(first, inputLines, dyRoom);
    if (dx != nullptr) {
      const int64_t line = s.width * s.channels;
      Half* to = spaced == nullptr ? dx + (clip * s.height + first) * line : dxRoom.of(lines * line);
      convolvePositions({gradient, s.filters, paddedWidth * s.filters}, *turned, positionsOf(lines, s.width, paddedWidth),
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
  ClipGroups groups(s.batch, layout.count());
  groups.run([&](int64_t firstClip, int64_t lastClip, float* sums) {
    const Tiles tiles;
    for (int64_t clip = firstClip; clip < lastClip; clip++)
      for (int64_t strip = 0; strip < strips; strip++) addTo(sums, clip, strip * most);
  });
  collectKernel(s, layout, groups.total(), kernelGrad);
}

struct Options {
  std::vector<int64_t> strides, before, output;
  bool needsInput = true;
};

void* createForward(TF_OpKernelConstruction* construction) {
  Attributes attributes(construction);
  return new Options{attributes.pair("strides"), attributes.pair("before"), attributes.pair("output")};
}
void* createBackward(TF_OpKernelConstruction* construction) {
  Attributes attributes(construction);
  return new Options{attributes.pair("strides"), attributes.pair("before"), {}, attributes.flag("needs_input")};
}
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
