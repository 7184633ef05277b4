// Self-attention of all heads in one op, and its gradient in another: nothing of the size frames x frames goes through
// memory, no head is moved to lie by itself first.
//
//   AffectlabAttention(qkv [batch x frames, 3 x channels], bias [3 x channels], mask [batch, frames] or []; frames, heads,
//                      scale) -> y [batch x frames, channels], statistics [batch, heads, frames, 2]
//   AffectlabAttentionGrad(dy, qkv, y, bias, mask, statistics; frames, heads, scale) -> dqkv, bias_grad
//
// The bias is added to qkv as it is read. float32 or bf16 in and out, float32 between, a head's channels a multiple of 16. On the CPU, on all cores, each at
// another head of another clip, whose numbers then stay in the second cache. Statistics are the largest score of a query
// and 1 / the sum of its exponentials: the gradient computes the probabilities again from them (Dao et al. 2022,
// FlashAttention, algorithm 4). src/kernels/attention.ts says what is computed, and its tests hold it to PyTorch.
#include "attention.h"

#include "half.h"
#include "op.h"

namespace affectlab {
namespace {

constexpr int64_t kQueries = 128;  // so many queries at once: their scores stay in the second cache

template <typename T>
struct AttentionArguments {
  const T *qkv, *dy, *y;
  const float *bias, *mask;  // mask: null for none
  float* statistics;
  T* out;           // y, or in the gradient dqkv
  float* biasGrad;  // sums over these heads, to be zero at first
  int64_t frames, heads, size, first, last;  // heads of clips, counted through, from `first` to `last`
  float scale;
};

// result [Rows, Vectors x 16] (+)= left x right; left's numbers lie `row` and `column` apart.
template <int Rows, int Vectors, bool adds>
AFFECTLAB_INLINE void tile(const float* left, int64_t row, int64_t column, const float* right, int64_t rightRow,
                           int64_t depth, float* result, int64_t resultRow) {
  Vector sums[Rows][Vectors] = {};
  if (adds)
    for (int r = 0; r < Rows; r++)
      for (int v = 0; v < Vectors; v++) sums[r][v] = at(result + r * resultRow + v * kLanes);
  product<Rows, Vectors>(left, row, column, right, rightRow, depth, sums);
  for (int r = 0; r < Rows; r++)
    for (int v = 0; v < Vectors; v++) at(result + r * resultRow + v * kLanes) = sums[r][v];
}

template <int Rows, int Vectors, bool adds>
AFFECTLAB_INLINE void strip(int64_t rows, const float* left, int64_t row, int64_t column, const float* right,
                            int64_t rightRow, int64_t depth, float* result, int64_t resultRow) {
  int64_t r = 0;
  for (; r + Rows <= rows; r += Rows)
    tile<Rows, Vectors, adds>(left + r * row, row, column, right, rightRow, depth, result + r * resultRow, resultRow);
  if constexpr (Rows > 1)
    if (r < rows)
      strip<Rows / 2, Vectors, adds>(rows - r, left + r * row, row, column, right, rightRow, depth,
                                     result + r * resultRow, resultRow);
}

// result [rows, columns] (+)= left [rows, depth] x right [depth, columns]; columns are a multiple of 16.
template <int Rows, int Vectors, bool adds>
AFFECTLAB_INLINE void multiply(int64_t rows, int64_t columns, const float* left, int64_t row, int64_t column,
                               const float* right, int64_t rightRow, int64_t depth, float* result, int64_t resultRow) {
  int64_t c = 0;
  for (; c + Vectors * kLanes <= columns; c += Vectors * kLanes)
    strip<Rows, Vectors, adds>(rows, left, row, column, right + c, rightRow, depth, result + c, resultRow);
  if constexpr (Vectors > 1)
    if (c < columns)
      multiply<Rows, Vectors / 2, adds>(rows, columns - c, left, row, column, right + c, rightRow, depth, result + c,
                                        resultRow);
}

// Rows that lie `stride` apart -> rows that lie together, in float32, with the bias and scaled.
template <typename T>
AFFECTLAB_INLINE void gather(const T* from, const float* bias, int64_t stride, int64_t rows, int64_t size, float scale,
                             float* to) {
  for (int64_t row = 0; row < rows; row++)
    for (int64_t i = 0; i < size; i += kLanes) {
      Vector v;
      load(from + row * stride + i, v);
      if (bias != nullptr) v += at(bias + i);
      at(to + row * size + i) = v * scale;
    }
}

AFFECTLAB_INLINE void addRows(const float* from, int64_t rows, int64_t size, float scale, float* sums) {
  for (int64_t row = 0; row < rows; row++)
    for (int64_t i = 0; i < size; i += kLanes) at(sums + i) += at(from + row * size + i) * scale;
}

template <typename T>
AFFECTLAB_INLINE void scatter(const float* from, int64_t rows, int64_t size, float scale, T* to, int64_t stride) {
  for (int64_t row = 0; row < rows; row++)
    for (int64_t i = 0; i < size; i += kLanes) store(to + row * stride + i, at(from + row * size + i) * scale);
}

AFFECTLAB_INLINE void transpose(const float* from, int64_t rows, int64_t size, float* to, int64_t width) {
  for (int64_t i = 0; i < size; i++) {
    for (int64_t row = 0; row < rows; row++) to[i * width + row] = from[row * size + i];
    for (int64_t row = rows; row < width; row++) to[i * width + row] = 0;
  }
}

// e^x for x <= 0, exactly 0 where float32 has no such small number.
AFFECTLAB_INLINE void decay(const Vector& x, Vector& result) {
  exponential(x, result, 87.0f);
  result = x < -87.0f ? Vector{} : result;
}

// What is added to a query's scores: 0 for a valid frame, -1e9 for padding, and what makes 0 of the columns after `frames`.
AFFECTLAB_INLINE void penalise(const float* mask, int64_t frames, int64_t width, float* penalty) {
  for (int64_t i = 0; i < width; i++) penalty[i] = i >= frames ? -1e30f : mask == nullptr ? 0 : (1 - mask[i]) * -1e9f;
}

template <int Rows, int Vectors, typename T>
AFFECTLAB_INLINE void attendForward(const AttentionArguments<T>& a) {
  const int64_t frames = a.frames, size = a.size, channels = a.heads * size, width = (frames + kLanes - 1) / kLanes * kLanes;
  std::vector<float> q(frames * size), k(frames * size), v(frames * size), keys(size * width), penalty(width);
  std::vector<float> scores(kQueries * width), result(kQueries * size);
  for (int64_t item = a.first; item < a.last; item++) {
    const int64_t clip = item / a.heads, head = item % a.heads;
    const T* qkv = a.qkv + clip * frames * 3 * channels + head * size;
    const float* bias = a.bias + head * size;
    gather(qkv, bias, 3 * channels, frames, size, a.scale, q.data());
    gather(qkv + channels, bias + channels, 3 * channels, frames, size, 1.0f, k.data());
    gather(qkv + 2 * channels, bias + 2 * channels, 3 * channels, frames, size, 1.0f, v.data());
    transpose(k.data(), frames, size, keys.data(), width);
    penalise(a.mask == nullptr ? nullptr : a.mask + clip * frames, frames, width, penalty.data());
    for (int64_t start = 0; start < frames; start += kQueries) {
      const int64_t queries = std::min(kQueries, frames - start);
      multiply<Rows, Vectors, false>(queries, width, q.data() + start * size, size, 1, keys.data(), width, size,
                                     scores.data(), width);
      float* statistics = a.statistics + 2 * (item * frames + start);
      for (int64_t row = 0; row < queries; row++) {
        float* own = scores.data() + row * width;
        Vector most = Vector{} - 1e30f, sum = {};
        for (int64_t i = 0; i < width; i += kLanes) {
          const Vector score = at(own + i) + at(penalty.data() + i);
          at(own + i) = score;
          most = score > most ? score : most;
        }
        const float largest = largestOf(most);
        for (int64_t i = 0; i < width; i += kLanes) {
          Vector e;
          decay(at(own + i) - largest, e);
          at(own + i) = e;
          sum += e;
        }
        const float inverse = 1.0f / sumOf(sum);
        statistics[2 * row] = largest;
        statistics[2 * row + 1] = inverse;
      }
      multiply<Rows, Vectors, false>(queries, size, scores.data(), width, 1, v.data(), size, frames, result.data(), size);
      for (int64_t row = 0; row < queries; row++)
        scatter(result.data() + row * size, 1, size, statistics[2 * row + 1],
                a.out + (clip * frames + start + row) * channels + head * size, channels);
    }
  }
}

// With p the probabilities: dv = p' dy, dS = p (dy v' - rowsum(y dy)), dq = scale dS k, dk = scale dS' q.
template <int Rows, int Vectors, typename T>
AFFECTLAB_INLINE void attendBackward(const AttentionArguments<T>& a) {
  const int64_t frames = a.frames, size = a.size, channels = a.heads * size, width = (frames + kLanes - 1) / kLanes * kLanes;
  const int64_t numbers = frames * size;
  std::vector<float> q(numbers), k(numbers), v(numbers), dy(numbers), y(numbers), dk(numbers), dv(numbers);
  std::vector<float> keys(size * width), values(size * width), penalty(width);
  std::vector<float> probabilities(kQueries * width), grads(kQueries * width), dq(kQueries * size);
  for (int64_t item = a.first; item < a.last; item++) {
    const int64_t clip = item / a.heads, head = item % a.heads;
    const T* qkv = a.qkv + clip * frames * 3 * channels + head * size;
    const float* bias = a.bias + head * size;
    T* out = a.out + clip * frames * 3 * channels + head * size;
    gather(qkv, bias, 3 * channels, frames, size, a.scale, q.data());
    gather(qkv + channels, bias + channels, 3 * channels, frames, size, 1.0f, k.data());
    gather(qkv + 2 * channels, bias + 2 * channels, 3 * channels, frames, size, 1.0f, v.data());
    gather<T>(a.dy + clip * frames * channels + head * size, nullptr, channels, frames, size, 1.0f, dy.data());
    gather<T>(a.y + clip * frames * channels + head * size, nullptr, channels, frames, size, 1.0f, y.data());
    transpose(k.data(), frames, size, keys.data(), width);
    transpose(v.data(), frames, size, values.data(), width);
    penalise(a.mask == nullptr ? nullptr : a.mask + clip * frames, frames, width, penalty.data());
    std::fill(dk.begin(), dk.end(), 0.0f);
    std::fill(dv.begin(), dv.end(), 0.0f);
    for (int64_t start = 0; start < frames; start += kQueries) {
      const int64_t queries = std::min(kQueries, frames - start);
      const float *ownQ = q.data() + start * size, *ownDy = dy.data() + start * size, *ownY = y.data() + start * size;
      float *p = probabilities.data(), *d = grads.data();
      multiply<Rows, Vectors, false>(queries, width, ownQ, size, 1, keys.data(), width, size, p, width);
      multiply<Rows, Vectors, false>(queries, width, ownDy, size, 1, values.data(), width, size, d, width);
      const float* statistics = a.statistics + 2 * (item * frames + start);
      for (int64_t row = 0; row < queries; row++) {
        Vector sum = {};
        for (int64_t i = 0; i < size; i += kLanes) sum += at(ownDy + row * size + i) * at(ownY + row * size + i);
        const float share = sumOf(sum), largest = statistics[2 * row], inverse = statistics[2 * row + 1];
        for (int64_t i = 0; i < width; i += kLanes) {
          Vector e;
          decay(at(p + row * width + i) + at(penalty.data() + i) - largest, e);
          e *= inverse;
          at(p + row * width + i) = e;
          at(d + row * width + i) = e * (at(d + row * width + i) - share);
        }
      }
      multiply<Rows, Vectors, false>(queries, size, d, width, 1, k.data(), size, frames, dq.data(), size);
      multiply<Rows, Vectors, true>(frames, size, d, 1, width, ownQ, size, queries, dk.data(), size);
      multiply<Rows, Vectors, true>(frames, size, p, 1, width, ownDy, size, queries, dv.data(), size);
      scatter(dq.data(), queries, size, a.scale, out + start * 3 * channels, 3 * channels);
      addRows(dq.data(), queries, size, a.scale, a.biasGrad + head * size);
    }
    scatter(dk.data(), frames, size, 1.0f, out + channels, 3 * channels);
    scatter(dv.data(), frames, size, 1.0f, out + 2 * channels, 3 * channels);
    addRows(dk.data(), frames, size, 1.0f, a.biasGrad + channels + head * size);
    addRows(dv.data(), frames, size, 1.0f, a.biasGrad + 2 * channels + head * size);
  }
}

// As many sums as there are registers for.
template <typename T>
struct Loops {
  void (*forward)(const AttentionArguments<T>&);
  void (*backward)(const AttentionArguments<T>&);
};
typedef AttentionArguments<float> Floats;
typedef AttentionArguments<Half> Halfs;

#define AFFECTLAB_ATTENTION(name, attributes, Rows, Vectors)                              \
  attributes void name##Forward(const Floats& a) { attendForward<Rows, Vectors>(a); }     \
  attributes void name##Forward(const Halfs& a) { attendForward<Rows, Vectors>(a); }      \
  attributes void name##Backward(const Floats& a) { attendBackward<Rows, Vectors>(a); }   \
  attributes void name##Backward(const Halfs& a) { attendBackward<Rows, Vectors>(a); }    \
  template <typename T>                                                                   \
  const Loops<T> name##Loops = {name##Forward, name##Backward};

AFFECTLAB_ATTENTION(plain, , 2, 1)
#if defined(__x86_64__)
AFFECTLAB_ATTENTION(avx2, AFFECTLAB_AVX2, 4, 1)
AFFECTLAB_ATTENTION(avx512, AFFECTLAB_AVX512, 6, 4)
template <typename T>
const Loops<T>& loops() {
  return fastest(plainLoops<T>, avx2Loops<T>, avx512Loops<T>);
}
#else
template <typename T>
const Loops<T>& loops() {
  return plainLoops<T>;
}
#endif

struct Attributes {
  int64_t frames = 0, heads = 0;
  float scale = 1;
};

void* readAttributes(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  Attributes* read = new Attributes;
  TF_OpKernelConstruction_GetAttrInt64(construction, "frames", &read->frames, status);
  if (TF_GetCode(status) == TF_OK) TF_OpKernelConstruction_GetAttrInt64(construction, "heads", &read->heads, status);
  if (TF_GetCode(status) == TF_OK) TF_OpKernelConstruction_GetAttrFloat(construction, "scale", &read->scale, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return read;
}
void removeAttributes(void* attributes) { delete static_cast<Attributes*>(attributes); }

constexpr const char* kShapes =
    "AffectlabAttention: qkv is to be [batch x frames, 3 x channels], a head's channels a multiple of 16, bias [3 x "
    "channels] and mask [batch, frames] or empty";

// What both ops read alike.
template <typename T>
AttentionArguments<T> argumentsOf(Call& call, const Attributes& attributes, const TF_Tensor* qkv, const TF_Tensor* bias,
                                  const TF_Tensor* mask) {
  AttentionArguments<T> a{};
  if (!call.isFine()) return a;
  const std::vector<int64_t> shape = shapeOf(qkv);
  call.require(attributes.frames > 0 && attributes.heads > 0 && shape.size() == 2 && shape[0] % attributes.frames == 0 &&
                   shape[1] > 0 && shape[1] % (3 * attributes.heads * kLanes) == 0 &&
                   TF_TensorElementCount(bias) == shape[1],
               kShapes);
  if (!call.isFine()) return a;
  a.frames = attributes.frames;
  a.heads = attributes.heads;
  a.size = shape[1] / (3 * attributes.heads);
  a.scale = attributes.scale;
  a.last = shape[0] / a.frames * a.heads;
  a.qkv = dataOf<T>(qkv);
  a.bias = dataOf<float>(bias);
  const int64_t masked = TF_TensorElementCount(mask);
  call.require(masked == 0 || masked == shape[0], kShapes);
  a.mask = masked == 0 ? nullptr : dataOf<float>(mask);
  return a;
}

// Heads of clips divided among the cores; work(part, arguments of that part). Gives the number of parts.
template <typename T, typename Work>
int64_t divideHeads(const AttentionArguments<T>& a, const Work& work) {
  const int64_t fewest = std::max<int64_t>(1, (1 << 20) / (a.frames * a.frames * a.size));
  return divideWork(
      a.last, fewest,
      [&](int64_t part, int64_t first, int64_t last) {
        AttentionArguments<T> own = a;
        own.first = first;
        own.last = last;
        work(part, own);
      },
      1);
}

template <typename T, TF_DataType type>
void computeAttention(void* attributes, TF_OpKernelContext* context) {
  Call call(context);
  const TF_Tensor *qkv = call.input(0), *bias = call.input(1), *mask = call.input(2);
  AttentionArguments<T> a = argumentsOf<T>(call, *static_cast<Attributes*>(attributes), qkv, bias, mask);
  if (!call.isFine()) return;
  const int64_t rows = TF_Dim(qkv, 0);
  a.out = call.output<T>(0, {rows, a.heads * a.size}, type);
  a.statistics = call.output<float>(1, {rows / a.frames, a.heads, a.frames, 2}, TF_FLOAT);
  if (!call.isFine()) return;
  divideHeads(a, [](int64_t, const AttentionArguments<T>& own) { loops<T>().forward(own); });
}

template <typename T, TF_DataType type>
void computeAttentionGrad(void* attributes, TF_OpKernelContext* context) {
  Call call(context);
  const TF_Tensor *dy = call.input(0), *qkv = call.input(1), *y = call.input(2), *bias = call.input(3),
                  *mask = call.input(4), *statistics = call.input(5);
  AttentionArguments<T> a = argumentsOf<T>(call, *static_cast<Attributes*>(attributes), qkv, bias, mask);
  if (!call.isFine()) return;
  const int64_t numbers = TF_Dim(qkv, 0) * a.heads * a.size, width = 3 * a.heads * a.size;
  call.require(TF_TensorElementCount(dy) == numbers && TF_TensorElementCount(y) == numbers &&
                   TF_TensorElementCount(statistics) == 2 * a.last * a.frames,
               "AffectlabAttentionGrad: dy, y and statistics are to be shaped as the forward op gave y and statistics");
  a.dy = dataOf<T>(dy);
  a.y = dataOf<T>(y);
  a.statistics = static_cast<float*>(TF_TensorData(statistics));
  a.out = call.output<T>(0, shapeOf(qkv), type);
  float* biasGrad = call.output<float>(1, {width}, TF_FLOAT);
  if (!call.isFine()) return;
  std::vector<float> sums(cores() * width);
  const int64_t parts = divideHeads(a, [&](int64_t part, const AttentionArguments<T>& given) {
    AttentionArguments<T> own = given;
    own.biasGrad = sums.data() + part * width;
    loops<T>().backward(own);
  });
  addParts(sums.data(), parts, width, biasGrad);
}

void defineAttentionOps(TF_Status* status) {
  const char *forward = "AffectlabAttention", *backward = "AffectlabAttentionGrad";
  const std::vector<const char*> attributes = {"T: {float, bfloat16}", "frames: int", "heads: int", "scale: float"};
  defineOp({forward, {"qkv: T", "bias: float", "mask: float"}, {"y: T", "statistics: float"}, attributes}, status);
  defineOp({backward,
            {"dy: T", "qkv: T", "y: T", "bias: float", "mask: float", "statistics: float"},
            {"dqkv: T", "bias_grad: float"},
            attributes},
           status);
  addKernel(forward, TF_FLOAT, {computeAttention<float, TF_FLOAT>, readAttributes, removeAttributes}, status);
  addKernel(forward, TF_BFLOAT16, {computeAttention<Half, TF_BFLOAT16>, readAttributes, removeAttributes}, status);
  addKernel(backward, TF_FLOAT, {computeAttentionGrad<float, TF_FLOAT>, readAttributes, removeAttributes}, status);
  addKernel(backward, TF_BFLOAT16, {computeAttentionGrad<Half, TF_BFLOAT16>, readAttributes, removeAttributes}, status);
}

}  // namespace

std::string registerAttentionOps() { return registerWith(defineAttentionOps); }

}  // namespace affectlab
