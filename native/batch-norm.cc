// Batch normalisation of a training step in two passes over memory forward and two back, with what follows it in a
// convolutional network: the rectifier, and before that the addition of a residual block's shortcut.
//
//   AffectlabBatchNorm(x, scale, offset; epsilon, rectifies) -> y, mean, variance
//   AffectlabBatchNormGrad(dy, x, scale, offset, mean, variance; epsilon, rectifies) -> dx, scale_grad, offset_grad
//   AffectlabResidualBatchNorm(x, shortcut, scale, offset; epsilon) -> y = max(norm + shortcut, 0), mean, variance
//   AffectlabResidualBatchNormGrad(dy, x, y, scale, offset, mean, variance; epsilon)
//     -> dx, scale_grad, offset_grad, shortcut_grad
//
// x, y, shortcut and their gradients are [..., channels] in float32 or bf16, everything else [channels] in float32. The
// variance is the biased one. On the CPU, on all cores. src/kernels/batch-norm.ts says what is computed, and its tests
// hold it to PyTorch.
//
// Rows are read as wide ones: as many beside each other as fill vectors, whatever the number of channels. They are
// summed in blocks, about a mean of the block's own, and the blocks' sums are added in double precision in their order: no
// digits are lost, and the number of cores does not change the result.
#include "batch-norm.h"

#include <cmath>
#include <utility>

#include "cores.h"
#include "half.h"
#include "op.h"

namespace affectlab {
namespace {

enum Follower { kNothing, kRectifier, kResidual };

// Numbers of wide rows, [rows, width], and coefficients of each of their columns.
template <typename T>
struct Block {
  int64_t rows, width;
  const T *x, *y, *shortcut, *dy;
  T *newY, *dx, *shortcutGrad;
  // z = (x - mean) * slope + offset; dx = g * slope + (x - mean) * tilt + shift
  const float *mean, *slope, *offset, *tilt, *shift;
  float *sums, *products;
};

// Columns are taken in strips of so many vectors, whose coefficients and sums stay in registers.
constexpr int kStrip = 4;

template <int Vectors>
AFFECTLAB_INLINE void loadAll(const float* from, int64_t column, Vector (&to)[Vectors]) {
  for (int v = 0; v < Vectors; v++) to[v] = at(from + column + v * kLanes);
}

template <int Vectors>
AFFECTLAB_INLINE void storeAll(float* to, int64_t column, const Vector (&from)[Vectors]) {
  for (int v = 0; v < Vectors; v++) at(to + column + v * kLanes) = from[v];
}

// The mean of each column, and the sum of squares about it: in one pass about the mean of the first rows, which is near
// enough to it for no digits to be lost.
constexpr int64_t kPivotRows = 8;

template <typename T, int Vectors>
struct TakeStatistics {
  AFFECTLAB_INLINE void run(const Block<T>& b, int64_t column) {
    const int64_t width = b.width, end = b.rows * width + column;
    const int64_t few = std::min<int64_t>(b.rows, kPivotRows);
    Vector pivot[Vectors] = {}, mean[Vectors] = {}, squares[Vectors] = {};
    for (int64_t row = 0; row < few; row++)
      for (int v = 0; v < Vectors; v++) {
        Vector x;
        load(b.x + row * width + column + v * kLanes, x);
        pivot[v] += x;
      }
    for (int v = 0; v < Vectors; v++) pivot[v] *= 1.0f / few;
    for (int64_t here = column; here < end; here += width)
      for (int v = 0; v < Vectors; v++) {
        Vector x;
        load(b.x + here + v * kLanes, x);
        const Vector d = x - pivot[v];
        mean[v] += d;
        squares[v] += d * d;
      }
    for (int v = 0; v < Vectors; v++) {
      mean[v] *= 1.0f / b.rows;
      squares[v] -= mean[v] * mean[v] * static_cast<float>(b.rows);
      squares[v] = squares[v] > 0.0f ? squares[v] : Vector{};
      mean[v] += pivot[v];
    }
    storeAll(b.sums, column, mean);
    storeAll(b.products, column, squares);
  }
};

// What comes before the rectifier, but for the shortcut.
AFFECTLAB_INLINE void scaled(const Vector& centred, const Vector& slope, const Vector& offset, Vector& z) {
  z = centred * slope + offset;
}

template <typename T, Follower follower, int Vectors>
struct Normalise {
  AFFECTLAB_INLINE void run(const Block<T>& b, int64_t column) {
    const int64_t width = b.width, end = b.rows * width + column;
    Vector mean[Vectors], slope[Vectors], offset[Vectors];
    loadAll(b.mean, column, mean);
    loadAll(b.slope, column, slope);
    loadAll(b.offset, column, offset);
    for (int64_t row = column; row < end; row += width)
      for (int v = 0; v < Vectors; v++) {
        const int64_t here = row + v * kLanes;
        Vector x, z;
        load(b.x + here, x);
        scaled(x - mean[v], slope[v], offset[v], z);
        if (follower == kResidual) {
          Vector shortcut;
          load(b.shortcut + here, shortcut);
          z += shortcut;
        }
        if (follower != kNothing) z = z > 0.0f ? z : Vector{};
        store(b.newY + here, z);
      }
  }
};

// Sums of g and of g (x - mean) of each column, g being the gradient of what is normalised: dy where the rectifier let it
// through. It is the shortcut's gradient too.
template <typename T, Follower follower, int Vectors>
struct SumGradients {
  AFFECTLAB_INLINE void run(const Block<T>& b, int64_t column) {
    const int64_t width = b.width, end = b.rows * width + column;
    Vector mean[Vectors], slope[Vectors], offset[Vectors], sums[Vectors] = {}, products[Vectors] = {};
    loadAll(b.mean, column, mean);
    loadAll(b.slope, column, slope);
    loadAll(b.offset, column, offset);
    for (int64_t row = column; row < end; row += width)
      for (int v = 0; v < Vectors; v++) {
        const int64_t here = row + v * kLanes;
        Vector x, g;
        load(b.x + here, x);
        load(b.dy + here, g);
        const Vector centred = x - mean[v];
        if (follower == kRectifier) {
          Vector z;
          scaled(centred, slope[v], offset[v], z);
          g = z > 0.0f ? g : Vector{};
        }
        if (follower == kResidual) {
          Vector y;
          load(b.y + here, y);
          g = y > 0.0f ? g : Vector{};
          store(b.shortcutGrad + here, g);
        }
        sums[v] += g;
        products[v] += g * centred;
      }
    storeAll(b.sums, column, sums);
    storeAll(b.products, column, products);
  }
};

// For a residual block `dy` is the shortcut's gradient, which the rectifier is in already.
template <typename T, Follower follower, int Vectors>
struct GiveGradients {
  AFFECTLAB_INLINE void run(const Block<T>& b, int64_t column) {
    const int64_t width = b.width, end = b.rows * width + column;
    Vector mean[Vectors], slope[Vectors], offset[Vectors], tilt[Vectors], shift[Vectors];
    loadAll(b.mean, column, mean);
    loadAll(b.slope, column, slope);
    loadAll(b.offset, column, offset);
    loadAll(b.tilt, column, tilt);
    loadAll(b.shift, column, shift);
    for (int64_t row = column; row < end; row += width)
      for (int v = 0; v < Vectors; v++) {
        const int64_t here = row + v * kLanes;
        Vector x, g;
        load(b.x + here, x);
        load(b.dy + here, g);
        const Vector centred = x - mean[v];
        if (follower == kRectifier) {
          Vector z;
          scaled(centred, slope[v], offset[v], z);
          g = z > 0.0f ? g : Vector{};
        }
        store(b.dx + here, g * slope[v] + (centred * tilt[v] + shift[v]));
      }
  }
};

// Wide strips, then narrow ones for what is left of the row.
template <typename Wide, typename Narrow, typename T>
AFFECTLAB_INLINE void inStrips(const Block<T>& block) {
  const Block<T> b = block; // its own copy, which no store through a pointer can change
  int64_t column = 0;
  for (; column + kStrip * kLanes <= b.width; column += kStrip * kLanes) Wide::run(b, column);
  for (; column < b.width; column += kLanes) Narrow::run(b, column);
}

// The loops once for each instruction set; the processor decides which run. By follower: nothing, rectifier, residual.
template <typename T>
struct Loops {
  typedef void (*Loop)(const Block<T>&);
  Loop statistics, normalise[3], sums[3], gradients[3];
};

#define AFFECTLAB_LOOPS(name, attributes)                                                                  \
  template <typename T>                                                                                    \
  attributes void name##Statistics(const Block<T>& b) {                                                    \
    inStrips<TakeStatistics<T, kStrip>, TakeStatistics<T, 1>>(b);                                          \
  }                                                                                                        \
  template <typename T, Follower follower>                                                                 \
  attributes void name##Normalise(const Block<T>& b) {                                                     \
    inStrips<Normalise<T, follower, kStrip>, Normalise<T, follower, 1>>(b);                                \
  }                                                                                                        \
  template <typename T, Follower follower>                                                                 \
  attributes void name##Sums(const Block<T>& b) {                                                          \
    inStrips<SumGradients<T, follower, kStrip>, SumGradients<T, follower, 1>>(b);                          \
  }                                                                                                        \
  template <typename T, Follower follower>                                                                 \
  attributes void name##Gradients(const Block<T>& b) {                                                     \
    inStrips<GiveGradients<T, follower, kStrip>, GiveGradients<T, follower, 1>>(b);                        \
  }                                                                                                        \
  template <typename T>                                                                                    \
  const Loops<T> name##Loops = {                                                                           \
      name##Statistics<T>,                                                                                 \
      {name##Normalise<T, kNothing>, name##Normalise<T, kRectifier>, name##Normalise<T, kResidual>},       \
      {name##Sums<T, kNothing>, name##Sums<T, kRectifier>, name##Sums<T, kResidual>},                      \
      {name##Gradients<T, kNothing>, name##Gradients<T, kRectifier>, name##Gradients<T, kResidual>}};

AFFECTLAB_LOOPS(plain, )
#if defined(__x86_64__)
AFFECTLAB_LOOPS(avx2, AFFECTLAB_AVX2)
AFFECTLAB_LOOPS(avx512, AFFECTLAB_AVX512)
template <typename T>
const Loops<T>& loops() { return fastest(plainLoops<T>, avx2Loops<T>, avx512Loops<T>); }
#else
template <typename T>
const Loops<T>& loops() { return plainLoops<T>; }
#endif

// How [rows, channels] is cut into blocks of wide rows, `group` rows beside each other in each. Rows that fill no wide one
// are a block of their own, the last.
struct Layout {
  int64_t rows, channels, group, width, blockRows, wideRows, wholeBlocks, blocks;
  Layout(int64_t numbers, int64_t ofChannels) : rows(numbers / ofChannels), channels(ofChannels), group(1) {
    constexpr int64_t fewestColumns = kStrip * kLanes, numbersOfBlock = 1 << 14, fewestRows = 32;
    while (group * channels % kLanes != 0 || group * channels < fewestColumns) group++;
    width = group * channels;
    blockRows = std::max(fewestRows, numbersOfBlock / width);
    wideRows = rows / group;
    wholeBlocks = (wideRows + blockRows - 1) / blockRows;
    blocks = wholeBlocks + (rows % group > 0 ? 1 : 0);
  }
  int64_t rowsOf(int64_t block) const {
    return block < wholeBlocks ? std::min(blockRows, wideRows - block * blockRows) * group : rows % group;
  }
  // A number a column, of a number a channel.
  std::vector<float> widened(const float* ofChannels) const {
    std::vector<float> columns(width);
    for (int64_t i = 0; i < width; i++) columns[i] = ofChannels[i % channels];
    return columns;
  }
};

// Runs work(block) for rows that fill no wide one: on a wide row filled up with zeros.
template <typename T, typename Work>
void runFilledUp(Block<T> block, int64_t count, const Work& work) {
  std::vector<T> rooms(7 * block.width);
  T* room = rooms.data();
  for (const T** numbers : {&block.x, &block.y, &block.shortcut, &block.dy}) {
    if (*numbers == nullptr) continue;
    std::copy(*numbers, *numbers + count, room);
    *numbers = room;
    room += block.width;
  }
  std::vector<std::pair<T*, T*>> results;
  for (T** numbers : {&block.newY, &block.dx, &block.shortcutGrad}) {
    if (*numbers == nullptr) continue;
    results.push_back({room, *numbers});
    *numbers = room;
    room += block.width;
  }
  block.rows = 1;
  work(block);
  for (const auto& [from, to] : results) std::copy(from, from + count, to);
}

// Runs work(block, its index) for every block, on all cores.
template <typename T, typename Work>
void forBlocks(const Layout& layout, const Block<T>& whole, Then then, const Work& work) {
  const int64_t blockNumbers = layout.blockRows * layout.width;
  const auto runBlock = [&](int64_t index) {
    Block<T> block = whole;
    block.width = layout.width;
    const bool isWhole = index < layout.wholeBlocks;
    const int64_t first = isWhole ? index * blockNumbers : layout.wideRows * layout.width;
    for (const T** numbers : {&block.x, &block.y, &block.shortcut, &block.dy})
      if (*numbers != nullptr) *numbers += first;
    for (T** numbers : {&block.newY, &block.dx, &block.shortcutGrad})
      if (*numbers != nullptr) *numbers += first;
    block.rows = layout.rowsOf(index) / layout.group;
    if (isWhole)
      work(block, index);
    else
      runFilledUp(block, layout.rowsOf(index) * layout.channels, [&](const Block<T>& filled) { work(filled, index); });
  };
  // A core takes as many blocks at a time as are worth it.
  const int64_t together = std::max<int64_t>(1, kFewestNumbers / blockNumbers);
  const auto runSome = [&](int64_t part) {
    for (int64_t index = part * together; index < std::min((part + 1) * together, layout.blocks); index++)
      runBlock(index);
  };
  Cores::shared().run((layout.blocks + together - 1) / together, runSome, then);
}

// Two numbers a channel of every block, [blocks, 2, channels], and how the columns of a block become them.
class Sums {
 public:
  explicit Sums(const Layout& layout) : layout_(layout), numbers_(layout.blocks * 2 * layout.channels) {}
  float* first(int64_t block) { return numbers_.data() + block * 2 * layout_.channels; }
  float* second(int64_t block) { return first(block) + layout_.channels; }
  // The sums over the groups of a block, of which one that is not whole has fewer.
  void add(int64_t block, const float* columns, float* to) const {
    const int64_t channels = layout_.channels, groups = groupsOf(block);
    std::copy(columns, columns + channels, to);
    for (int64_t group = 1; group < groups; group++)
      for (int64_t i = 0; i < channels; i++) to[i] += columns[group * channels + i];
  }
  // Mean and sum of squares about it, of those of the groups, each of which is of `rows` numbers.
  void merge(int64_t block, const float* means, const float* squares, int64_t rows) {
    const int64_t channels = layout_.channels, groups = groupsOf(block);
    float *mean = first(block), *sum = second(block);
    add(block, means, mean);
    add(block, squares, sum);
    for (int64_t i = 0; i < channels; i++) mean[i] /= groups;
    for (int64_t group = 0; group < groups; group++)
      for (int64_t i = 0; i < channels; i++) {
        const float d = means[group * channels + i] - mean[i];
        sum[i] += rows * (d * d);
      }
  }

 private:
  int64_t groupsOf(int64_t block) const { return block < layout_.wholeBlocks ? layout_.group : layout_.rowsOf(block); }
  const Layout& layout_;
  std::vector<float> numbers_;
};

// Mean and biased variance of each channel.
template <typename T>
void computeStatistics(const Layout& layout, const T* x, float* mean, float* variance) {
  Sums sums(layout);
  Block<T> whole{};
  whole.x = x;
  forBlocks(layout, whole, Then::kStayAwake, [&](Block<T> block, int64_t index) {
    std::vector<float> columns(2 * layout.width);
    block.sums = columns.data();
    block.products = block.sums + layout.width;
    loops<T>().statistics(block);
    sums.merge(index, block.sums, block.products, block.rows);
  });
  std::vector<double> total(layout.channels);
  for (int64_t block = 0; block < layout.blocks; block++)
    for (int64_t i = 0; i < layout.channels; i++)
      total[i] += static_cast<double>(layout.rowsOf(block)) * sums.first(block)[i];
  for (int64_t i = 0; i < layout.channels; i++) total[i] /= layout.rows;
  std::vector<double> squares(layout.channels);
  for (int64_t block = 0; block < layout.blocks; block++)
    for (int64_t i = 0; i < layout.channels; i++) {
      const double d = sums.first(block)[i] - total[i];
      squares[i] += sums.second(block)[i] + layout.rowsOf(block) * d * d;
    }
  for (int64_t i = 0; i < layout.channels; i++) {
    mean[i] = static_cast<float>(total[i]);
    variance[i] = static_cast<float>(squares[i] / layout.rows);
  }
}

std::vector<float> inverseDeviations(const float* variance, int64_t channels, float epsilon) {
  std::vector<float> inverse(channels);
  for (int64_t i = 0; i < channels; i++) inverse[i] = 1.0f / std::sqrt(variance[i] + epsilon);
  return inverse;
}

struct Options {
  float epsilon = 0;
  bool rectifies = false;
};

void* createNorm(TF_OpKernelConstruction* construction) {
  Attributes attributes(construction);
  return new Options{attributes.number("epsilon"), attributes.flag("rectifies")};
}
void* createResidual(TF_OpKernelConstruction* construction) {
  Attributes attributes(construction);
  return new Options{attributes.number("epsilon")};
}
void deleteOptions(void* options) { delete static_cast<Options*>(options); }

constexpr const char* kShapes =
    "AffectlabBatchNorm: x is to be [..., channels] and not empty, what is as large as it to have its shape, and scale, "
    "offset, mean and variance to be [channels]";

// The layout of x's numbers once all shapes are seen to fit.
Layout layoutOf(Call& call, const TF_Tensor* x, const std::vector<const TF_Tensor*>& likeX,
                const std::vector<const TF_Tensor*>& vectors) {
  if (!call.isFine()) return Layout(1, 1);
  const std::vector<int64_t> shape = shapeOf(x);
  const int64_t numbers = TF_TensorElementCount(x);
  call.require(numbers > 0 && !shape.empty(), kShapes);
  for (const TF_Tensor* tensor : likeX) call.require(shapeOf(tensor) == shape, kShapes);
  for (const TF_Tensor* tensor : vectors)
    call.require(!shape.empty() && TF_TensorElementCount(tensor) == shape.back(), kShapes);
  return call.isFine() ? Layout(numbers, shape.back()) : Layout(1, 1);
}

template <typename T, TF_DataType type, bool isResidual>
void compute(void* given, TF_OpKernelContext* context) {
  const auto& options = *static_cast<const Options*>(given);
  Call call(context);
  const TF_Tensor *x = call.input(0), *shortcut = isResidual ? call.input(1) : x;
  const TF_Tensor *scale = call.input(isResidual ? 2 : 1), *offset = call.input(isResidual ? 3 : 2);
  const Layout layout = layoutOf(call, x, {shortcut}, {scale, offset});
  if (!call.isFine()) return;
  const int64_t channels = layout.channels;
  T* y = call.output<T>(0, shapeOf(x), type);
  float *mean = call.output<float>(1, {channels}, TF_FLOAT), *variance = call.output<float>(2, {channels}, TF_FLOAT);
  if (!call.isFine()) return;
  computeStatistics(layout, dataOf<T>(x), mean, variance);
  std::vector<float> slope = inverseDeviations(variance, channels, options.epsilon);
  for (int64_t i = 0; i < channels; i++) slope[i] *= dataOf<float>(scale)[i];
  const std::vector<float> means = layout.widened(mean), slopes = layout.widened(slope.data()),
                           offsets = layout.widened(dataOf<float>(offset));
  Block<T> whole{};
  whole.x = dataOf<T>(x);
  whole.shortcut = isResidual ? dataOf<T>(shortcut) : nullptr;
  whole.newY = y;
  whole.mean = means.data();
  whole.slope = slopes.data();
  whole.offset = offsets.data();
  const auto run = loops<T>().normalise[isResidual ? kResidual : options.rectifies ? kRectifier : kNothing];
  forBlocks(layout, whole, Then::kSleep, [&](const Block<T>& block, int64_t) { run(block); });
}

template <typename T, TF_DataType type, bool isResidual>
void computeGrad(void* given, TF_OpKernelContext* context) {
  const auto& options = *static_cast<const Options*>(given);
  Call call(context);
  const int next = isResidual ? 3 : 2;
  const TF_Tensor *dy = call.input(0), *x = call.input(1), *y = isResidual ? call.input(2) : x;
  const TF_Tensor *scale = call.input(next), *offset = call.input(next + 1), *mean = call.input(next + 2),
                  *variance = call.input(next + 3);
  const Layout layout = layoutOf(call, x, {dy, y}, {scale, offset, mean, variance});
  if (!call.isFine()) return;
  const int64_t channels = layout.channels;
  T* dx = call.output<T>(0, shapeOf(x), type);
  float *scaleGrad = call.output<float>(1, {channels}, TF_FLOAT), *offsetGrad = call.output<float>(2, {channels}, TF_FLOAT);
  T* shortcutGrad = isResidual ? call.output<T>(3, shapeOf(x), type) : nullptr;
  if (!call.isFine()) return;
  const std::vector<float> inverse = inverseDeviations(dataOf<float>(variance), channels, options.epsilon);
  std::vector<float> slope = inverse;
  for (int64_t i = 0; i < channels; i++) slope[i] *= dataOf<float>(scale)[i];
  const std::vector<float> means = layout.widened(dataOf<float>(mean)), slopes = layout.widened(slope.data()),
                           offsets = layout.widened(dataOf<float>(offset));
  Block<T> whole{};
  whole.x = dataOf<T>(x);
  whole.dy = dataOf<T>(dy);
  whole.y = isResidual ? dataOf<T>(y) : nullptr;
  whole.shortcutGrad = shortcutGrad;
  whole.mean = means.data();
  whole.slope = slopes.data();
  whole.offset = offsets.data();
  const Follower follower = isResidual ? kResidual : options.rectifies ? kRectifier : kNothing;
  Sums sums(layout);
  forBlocks(layout, whole, Then::kStayAwake, [&](Block<T> block, int64_t index) {
    std::vector<float> columns(2 * layout.width);
    block.sums = columns.data();
    block.products = block.sums + layout.width;
    loops<T>().sums[follower](block);
    sums.add(index, block.sums, sums.first(index));
    sums.add(index, block.products, sums.second(index));
  });
  std::vector<double> total(2 * channels);
  for (int64_t block = 0; block < layout.blocks; block++)
    for (int64_t i = 0; i < 2 * channels; i++) total[i] += sums.first(block)[i];
  std::vector<float> tilt(channels), shift(channels);
  for (int64_t i = 0; i < channels; i++) {
    const double sum = total[i], product = total[channels + i] * inverse[i];
    offsetGrad[i] = static_cast<float>(sum);
    scaleGrad[i] = static_cast<float>(product);
    shift[i] = static_cast<float>(-slope[i] * sum / layout.rows);
    tilt[i] = static_cast<float>(-slope[i] * product * inverse[i] / layout.rows);
  }
  const std::vector<float> tilts = layout.widened(tilt.data()), shifts = layout.widened(shift.data());
  whole.tilt = tilts.data();
  whole.shift = shifts.data();
  whole.dx = dx;
  if (isResidual) {
    whole.dy = shortcutGrad;
    whole.shortcutGrad = nullptr;
    whole.y = nullptr;
  }
  forBlocks(layout, whole, Then::kSleep, [&](const Block<T>& block, int64_t) { loops<T>().gradients[follower](block); });
}

template <bool isResidual>
void addKernels(const char* name, const char* gradientName, TF_Status* status) {
  const auto create = isResidual ? createResidual : createNorm;
  addKernel(name, TF_FLOAT, {compute<float, TF_FLOAT, isResidual>, create, deleteOptions}, status);
  addKernel(name, TF_BFLOAT16, {compute<Half, TF_BFLOAT16, isResidual>, create, deleteOptions}, status);
  addKernel(gradientName, TF_FLOAT, {computeGrad<float, TF_FLOAT, isResidual>, create, deleteOptions}, status);
  addKernel(gradientName, TF_BFLOAT16, {computeGrad<Half, TF_BFLOAT16, isResidual>, create, deleteOptions}, status);
}

void define(TF_Status* status) {
  const char *norm = "AffectlabBatchNorm", *normGrad = "AffectlabBatchNormGrad";
  const char *residual = "AffectlabResidualBatchNorm", *residualGrad = "AffectlabResidualBatchNormGrad";
  const char *types = "T: {float, bfloat16}", *epsilon = "epsilon: float", *rectifies = "rectifies: bool";
  const std::vector<const char*> results = {"y: T", "mean: float", "variance: float"};
  defineOp({norm, {"x: T", "scale: float", "offset: float"}, results, {types, epsilon, rectifies}}, status);
  defineOp({normGrad,
            {"dy: T", "x: T", "scale: float", "offset: float", "mean: float", "variance: float"},
            {"dx: T", "scale_grad: float", "offset_grad: float"},
            {types, epsilon, rectifies}},
           status);
  defineOp({residual, {"x: T", "shortcut: T", "scale: float", "offset: float"}, results, {types, epsilon}}, status);
  defineOp({residualGrad,
            {"dy: T", "x: T", "y: T", "scale: float", "offset: float", "mean: float", "variance: float"},
            {"dx: T", "scale_grad: float", "offset_grad: float", "shortcut_grad: T"},
            {types, epsilon}},
           status);
  addKernels<false>(norm, normGrad, status);
  addKernels<true>(residual, residualGrad, status);
}

}  // namespace

std::string registerBatchNormOps() { return registerWith(define); }

}  // namespace affectlab
