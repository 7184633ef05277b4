// Ops for transformers, registered beside those of lstm.cc: what TensorFlow's own kernels need several passes over
// memory for, in one.
//
//   AffectlabScaledGelu(u) -> y = u (1 + erf u)                           AffectlabScaledGeluGrad(dy, u) -> du
//   AffectlabLayerNorm(x, scale, offset; epsilon) -> y, mean, inverse     AffectlabLayerNormGrad(dy, x, scale, mean,
//                                                                            inverse) -> dx, scale_grad, offset_grad
//
// GELU takes float32 and bf16 and computes in float32; layer norm takes float32, normalises over the last axis, and its
// mean and inverse deviation are one number a row. On the CPU, on all cores. src/kernels/gelu.ts and layer-norm.ts say
// what is computed, and their tests hold it to PyTorch.
#include "transformer.h"

#include <cmath>

#include "gelu.h"
#include "half.h"
#include "op.h"

namespace affectlab {
namespace {

constexpr float kSlope = 1.12837916709551257f;  // 2 / sqrt(pi)

template <typename T>
AFFECTLAB_INLINE void geluRows(const T* u, const T*, T* y) {
  Vector x, gate, bell;
  load(u, x);
  gateOf(x, gate, bell);
  store(y, x * gate);
}

template <typename T>
AFFECTLAB_INLINE void geluGradRows(const T* u, const T* dy, T* du) {
  Vector x, g, gate, bell;
  load(u, x);
  load(dy, g);
  gateOf(x, gate, bell);
  store(du, g * (gate + x * bell * kSlope));
}

// A function of one or two arrays, number by number; what does not fill a vector goes through one that is padded.
template <typename T, bool isGradient>
AFFECTLAB_INLINE void runElements(const T* a, const T* b, T* out, int64_t count) {
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    if (isGradient)
      geluGradRows(a + i, b + i, out + i);
    else
      geluRows(a + i, a + i, out + i);
  }
  if (i == count) return;
  T ownA[kLanes] = {}, ownB[kLanes] = {}, ownOut[kLanes];
  std::copy(a + i, a + count, ownA);
  if (isGradient) {
    std::copy(b + i, b + count, ownB);
    geluGradRows(ownA, ownB, ownOut);
  } else {
    geluRows(ownA, ownA, ownOut);
  }
  std::copy(ownOut, ownOut + (count - i), out + i);
}

struct NormArguments {
  const float *x, *dy, *scale, *offset, *mean, *inverse;
  float *y, *newMean, *newInverse, *dx, *scaleGrad, *offsetGrad;
  int64_t channels, first, last;
  float epsilon;
};

// Rows `first` to `last`; channels are a multiple of the lanes.
AFFECTLAB_INLINE void normRows(const NormArguments& a) {
  const int64_t n = a.channels;
  for (int64_t row = a.first; row < a.last; row++) {
    const float* x = a.x + row * n;
    Vector sum = {};
    for (int64_t i = 0; i < n; i += kLanes) sum += at(x + i);
    const float mean = sumOf(sum) / n;
    Vector squares = {};
    for (int64_t i = 0; i < n; i += kLanes) {
      const Vector d = at(x + i) - mean;
      squares += d * d;
    }
    const float inverse = 1.0f / std::sqrt(sumOf(squares) / n + a.epsilon);
    float* y = a.y + row * n;
    for (int64_t i = 0; i < n; i += kLanes)
      at(y + i) = (at(x + i) - mean) * inverse * at(a.scale + i) + at(a.offset + i);
    a.newMean[row] = mean;
    a.newInverse[row] = inverse;
  }
}

// dx = inverse (g - mean(g) - z mean(g z)) with z the normalised row and g = dy scale.
AFFECTLAB_INLINE void normGradRows(const NormArguments& a) {
  const int64_t n = a.channels;
  for (int64_t row = a.first; row < a.last; row++) {
    const float *x = a.x + row * n, *dy = a.dy + row * n;
    const float mean = a.mean[row], inverse = a.inverse[row];
    Vector sum = {}, product = {};
    for (int64_t i = 0; i < n; i += kLanes) {
      const Vector z = (at(x + i) - mean) * inverse, d = at(dy + i), g = d * at(a.scale + i);
      sum += g;
      product += g * z;
      at(a.scaleGrad + i) += d * z;
      at(a.offsetGrad + i) += d;
    }
    const float meanOfG = sumOf(sum) / n, meanOfProduct = sumOf(product) / n;
    float* dx = a.dx + row * n;
    for (int64_t i = 0; i < n; i += kLanes) {
      const Vector z = (at(x + i) - mean) * inverse, g = at(dy + i) * at(a.scale + i);
      at(dx + i) = (g - meanOfG - z * meanOfProduct) * inverse;
    }
  }
}

// The loops once for each instruction set; the processor decides which run.
struct Loops {
  void (*gelu)(const float*, float*, int64_t);
  void (*geluHalf)(const Half*, Half*, int64_t);
  void (*geluGrad)(const float*, const float*, float*, int64_t);
  void (*geluGradHalf)(const Half*, const Half*, Half*, int64_t);
  void (*norm)(const NormArguments&);
  void (*normGrad)(const NormArguments&);
};

#define AFFECTLAB_LOOPS(name, attributes)                                                                           \
  attributes void name##Gelu(const float* u, float* y, int64_t n) { runElements<float, false>(u, u, y, n); }        \
  attributes void name##GeluHalf(const Half* u, Half* y, int64_t n) { runElements<Half, false>(u, u, y, n); }       \
  attributes void name##GeluGrad(const float* u, const float* g, float* d, int64_t n) {                             \
    runElements<float, true>(u, g, d, n);                                                                           \
  }                                                                                                                 \
  attributes void name##GeluGradHalf(const Half* u, const Half* g, Half* d, int64_t n) {                            \
    runElements<Half, true>(u, g, d, n);                                                                            \
  }                                                                                                                 \
  attributes void name##Norm(const NormArguments& a) { normRows(a); }                                               \
  attributes void name##NormGrad(const NormArguments& a) { normGradRows(a); }                                       \
  const Loops name##Loops = {name##Gelu,         name##GeluHalf, name##GeluGrad,                                    \
                             name##GeluGradHalf, name##Norm,     name##NormGrad};

AFFECTLAB_LOOPS(plain, )
#if defined(__x86_64__)
AFFECTLAB_LOOPS(avx2, AFFECTLAB_AVX2)
AFFECTLAB_LOOPS(avx512, AFFECTLAB_AVX512)
const Loops& loops() { return fastest(plainLoops, avx2Loops, avx512Loops); }
#else
const Loops& loops() { return plainLoops; }
#endif

template <typename T, TF_DataType type>
void computeGelu(void*, TF_OpKernelContext* context) {
  Call call(context);
  const TF_Tensor* u = call.input(0);
  if (!call.isFine()) return;
  T* y = call.output<T>(0, shapeOf(u), type);
  if (y == nullptr) return;
  const Loops& chosen = loops();
  divideWork(TF_TensorElementCount(u), kFewestNumbers, [&](int64_t, int64_t first, int64_t last) {
    if constexpr (sizeof(T) == 4)
      chosen.gelu(dataOf<T>(u) + first, y + first, last - first);
    else
      chosen.geluHalf(dataOf<T>(u) + first, y + first, last - first);
  });
}

template <typename T, TF_DataType type>
void computeGeluGrad(void*, TF_OpKernelContext* context) {
  Call call(context);
  const TF_Tensor *dy = call.input(0), *u = call.input(1);
  if (!call.isFine()) return;
  call.require(shapeOf(dy) == shapeOf(u), "AffectlabScaledGeluGrad: dy and u are to have one shape");
  T* du = call.output<T>(0, shapeOf(u), type);
  if (du == nullptr) return;
  const Loops& chosen = loops();
  divideWork(TF_TensorElementCount(u), kFewestNumbers, [&](int64_t, int64_t first, int64_t last) {
    if constexpr (sizeof(T) == 4)
      chosen.geluGrad(dataOf<T>(u) + first, dataOf<T>(dy) + first, du + first, last - first);
    else
      chosen.geluGradHalf(dataOf<T>(u) + first, dataOf<T>(dy) + first, du + first, last - first);
  });
}

constexpr const char* kNormShapes =
    "AffectlabLayerNorm: the last axis of x is to be a multiple of 16, and scale and offset as long";

void* createNorm(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  float* epsilon = new float(0);
  TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", epsilon, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return epsilon;
}
void deleteNorm(void* epsilon) { delete static_cast<float*>(epsilon); }

void computeNorm(void* epsilon, TF_OpKernelContext* context) {
  Call call(context);
  const TF_Tensor *x = call.input(0), *scale = call.input(1), *offset = call.input(2);
  if (!call.isFine()) return;
  const std::vector<int64_t> shape = shapeOf(x);
  const int64_t channels = shape.empty() ? 0 : shape.back();
  call.require(channels > 0 && channels % kLanes == 0 && TF_TensorElementCount(scale) == channels &&
                   TF_TensorElementCount(offset) == channels,
               kNormShapes);
  if (!call.isFine()) return;
  const int64_t rows = TF_TensorElementCount(x) / channels;
  NormArguments a{};
  a.x = dataOf<float>(x);
  a.scale = dataOf<float>(scale);
  a.offset = dataOf<float>(offset);
  a.y = call.output<float>(0, shape, TF_FLOAT);
  a.newMean = call.output<float>(1, {rows}, TF_FLOAT);
  a.newInverse = call.output<float>(2, {rows}, TF_FLOAT);
  if (!call.isFine()) return;
  a.channels = channels;
  a.epsilon = *static_cast<float*>(epsilon);
  divideWork(rows, std::max<int64_t>(1, kFewestNumbers / channels), [&](int64_t, int64_t first, int64_t last) {
    NormArguments own = a;
    own.first = first;
    own.last = last;
    loops().norm(own);
  });
}

void computeNormGrad(void*, TF_OpKernelContext* context) {
  Call call(context);
  const TF_Tensor *dy = call.input(0), *x = call.input(1), *scale = call.input(2), *mean = call.input(3),
                  *inverse = call.input(4);
  if (!call.isFine()) return;
  const std::vector<int64_t> shape = shapeOf(x);
  const int64_t channels = shape.empty() ? 0 : shape.back();
  call.require(channels > 0 && channels % kLanes == 0 && TF_TensorElementCount(scale) == channels && shapeOf(dy) == shape,
               kNormShapes);
  if (!call.isFine()) return;
  const int64_t rows = TF_TensorElementCount(x) / channels;
  call.require(TF_TensorElementCount(mean) == rows && TF_TensorElementCount(inverse) == rows, kNormShapes);
  NormArguments a{};
  a.x = dataOf<float>(x);
  a.dy = dataOf<float>(dy);
  a.scale = dataOf<float>(scale);
  a.mean = dataOf<float>(mean);
  a.inverse = dataOf<float>(inverse);
  a.channels = channels;
  a.dx = call.output<float>(0, shape, TF_FLOAT);
  float* scaleGrad = call.output<float>(1, {channels}, TF_FLOAT);
  float* offsetGrad = call.output<float>(2, {channels}, TF_FLOAT);
  if (!call.isFine()) return;
  const int64_t most = std::max(1u, std::thread::hardware_concurrency());
  std::vector<float> sums(most * 2 * channels);
  const int64_t parts =
      divideWork(rows, std::max<int64_t>(1, kFewestNumbers / channels), [&](int64_t part, int64_t first, int64_t last) {
        NormArguments own = a;
        own.first = first;
        own.last = last;
        own.scaleGrad = sums.data() + part * 2 * channels;
        own.offsetGrad = own.scaleGrad + channels;
        loops().normGrad(own);
      });
  // In the order of the parts, so that the same numbers give the same sums.
  for (int64_t i = 0; i < channels; i++) scaleGrad[i] = offsetGrad[i] = 0;
  for (int64_t part = 0; part < parts; part++) {
    for (int64_t i = 0; i < channels; i++) {
      scaleGrad[i] += sums[part * 2 * channels + i];
      offsetGrad[i] += sums[part * 2 * channels + channels + i];
    }
  }
}

typedef void (*Compute)(void*, TF_OpKernelContext*);

void addKernel(const char* name, TF_DataType type, bool hasType, bool hasEpsilon, Compute compute, TF_Status* status) {
  if (TF_GetCode(status) != TF_OK) return;
  TF_KernelBuilder* kernel = TF_NewKernelBuilder(name, "CPU", hasEpsilon ? createNorm : nullptr, compute,
                                                 hasEpsilon ? deleteNorm : nullptr);
  if (hasType) TF_KernelBuilder_TypeConstraint(kernel, "T", type, status);
  if (TF_GetCode(status) == TF_OK) TF_RegisterKernelBuilder(name, kernel, status);
}

}  // namespace

std::string registerTransformerOps() {
  TF_Status* status = TF_NewStatus();
  const char *gelu = "AffectlabScaledGelu", *geluGrad = "AffectlabScaledGeluGrad";
  const char *norm = "AffectlabLayerNorm", *normGrad = "AffectlabLayerNormGrad";
  const char* types = "T: {float, bfloat16}";
  defineOp({gelu, {"u: T"}, {"y: T"}, {types}}, status);
  defineOp({geluGrad, {"dy: T", "u: T"}, {"du: T"}, {types}}, status);
  defineOp({norm,
            {"x: float", "scale: float", "offset: float"},
            {"y: float", "mean: float", "inverse: float"},
            {"epsilon: float"}},
           status);
  defineOp({normGrad,
            {"dy: float", "x: float", "scale: float", "mean: float", "inverse: float"},
            {"dx: float", "scale_grad: float", "offset_grad: float"},
            {}},
           status);
  addKernel(gelu, TF_FLOAT, true, false, computeGelu<float, TF_FLOAT>, status);
  addKernel(gelu, TF_BFLOAT16, true, false, computeGelu<Half, TF_BFLOAT16>, status);
  addKernel(geluGrad, TF_FLOAT, true, false, computeGeluGrad<float, TF_FLOAT>, status);
  addKernel(geluGrad, TF_BFLOAT16, true, false, computeGeluGrad<Half, TF_BFLOAT16>, status);
  addKernel(norm, TF_FLOAT, false, true, computeNorm, status);
  addKernel(normGrad, TF_FLOAT, false, false, computeNormGrad, status);
  const std::string problem = TF_GetCode(status) == TF_OK ? "" : TF_Message(status);
  TF_DeleteStatus(status);
  return problem;
}

}  // namespace affectlab
