// What stands between the products of matrices in a transformer's block, each in one pass over memory. T is float32 or
// bf16, the type that products are computed in; everything that is written `float` stays float32. Rows are frames.
//
//   AffectlabNormRows(x float, scale, offset; T, epsilon) -> y T, mean, inverse
//     layer norm of x [rows, channels]
//   AffectlabAddNormRows(branch T, residual float, bias, scale, offset; epsilon) -> sum float, y T, mean, inverse
//     sum = residual + branch + bias, y its layer norm
//   AffectlabNormRowsGrad(dy T, dsum float, x float, scale, mean, inverse)
//     -> dx float, dx_in_t T, scale_grad, offset_grad, bias_grad
//     dx = dsum + the gradient through the layer norm of x; once more in T, empty where that is float; bias_grad its sum
//   AffectlabAddRows(branch T, residual float, bias) -> sum float
//   AffectlabSumRows(dy float; T) -> dy_in_t T, bias_grad
//   AffectlabBiasGelu(x T, bias) -> y T                     AffectlabBiasGeluGrad(dy T, x T, bias) -> dx T, bias_grad
//
// Channels are a multiple of 16. On the CPU, on all cores. src/kernels/encoder-block.ts puts the block together from
// them, and its tests hold it to PyTorch's.
#include "encoder-block.h"

#include <cmath>

#include "gelu.h"
#include "half.h"
#include "op.h"

namespace affectlab {
namespace {

template <typename T>
struct RowArguments {
  const T *branch, *dy;
  const float *x, *dsum, *bias, *scale, *offset;
  float *sum, *mean, *inverse, *dx, *scaleGrad, *offsetGrad, *biasGrad;
  T* out;
  int64_t channels, first, last;
  float epsilon;
};
typedef RowArguments<float> Floats;
typedef RowArguments<Half> Halfs;

template <typename T, bool adds>
AFFECTLAB_INLINE void normaliseRows(const RowArguments<T>& a) {
  const int64_t n = a.channels;
  for (int64_t row = a.first; row < a.last; row++) {
    const float* x = a.x + row * n;
    Vector total = {};
    if (adds) {
      float* sum = a.sum + row * n;
      for (int64_t i = 0; i < n; i += kLanes) {
        Vector branch;
        load(a.branch + row * n + i, branch);
        branch += at(x + i) + at(a.bias + i);
        at(sum + i) = branch;
        total += branch;
      }
      x = sum;
    } else {
      for (int64_t i = 0; i < n; i += kLanes) total += at(x + i);
    }
    const float mean = sumOf(total) / n;
    Vector squares = {};
    for (int64_t i = 0; i < n; i += kLanes) {
      const Vector d = at(x + i) - mean;
      squares += d * d;
    }
    const float inverse = 1.0f / std::sqrt(sumOf(squares) / n + a.epsilon);
    for (int64_t i = 0; i < n; i += kLanes)
      store(a.out + row * n + i, (at(x + i) - mean) * inverse * at(a.scale + i) + at(a.offset + i));
    a.mean[row] = mean;
    a.inverse[row] = inverse;
  }
}
template <typename T>
AFFECTLAB_INLINE void normRows(const RowArguments<T>& a) {
  normaliseRows<T, false>(a);
}
template <typename T>
AFFECTLAB_INLINE void addNormRows(const RowArguments<T>& a) {
  normaliseRows<T, true>(a);
}

// dx = dsum + inverse (g - mean(g) - z mean(g z)) with z the normalised row and g = dy scale.
template <typename T>
AFFECTLAB_INLINE void normRowsGrad(const RowArguments<T>& a) {
  const int64_t n = a.channels;
  for (int64_t row = a.first; row < a.last; row++) {
    const float *x = a.x + row * n, mean = a.mean[row], inverse = a.inverse[row];
    const T* dy = a.dy + row * n;
    Vector sum = {}, product = {};
    for (int64_t i = 0; i < n; i += kLanes) {
      Vector d;
      load(dy + i, d);
      const Vector z = (at(x + i) - mean) * inverse, g = d * at(a.scale + i);
      sum += g;
      product += g * z;
      at(a.scaleGrad + i) += d * z;
      at(a.offsetGrad + i) += d;
    }
    const float meanOfG = sumOf(sum) / n, meanOfProduct = sumOf(product) / n;
    for (int64_t i = 0; i < n; i += kLanes) {
      Vector d;
      load(dy + i, d);
      const Vector z = (at(x + i) - mean) * inverse, g = d * at(a.scale + i);
      const Vector dx = at(a.dsum + row * n + i) + (g - meanOfG - z * meanOfProduct) * inverse;
      at(a.dx + row * n + i) = dx;
      at(a.biasGrad + i) += dx;
      if (sizeof(T) == 2) store(a.out + row * n + i, dx);
    }
  }
}

template <typename T>
AFFECTLAB_INLINE void addRows(const RowArguments<T>& a) {
  const int64_t n = a.channels;
  for (int64_t row = a.first; row < a.last; row++)
    for (int64_t i = 0; i < n; i += kLanes) {
      Vector branch;
      load(a.branch + row * n + i, branch);
      at(a.sum + row * n + i) = at(a.x + row * n + i) + (branch + at(a.bias + i));
    }
}

template <typename T>
AFFECTLAB_INLINE void sumRows(const RowArguments<T>& a) {
  const int64_t n = a.channels;
  for (int64_t row = a.first; row < a.last; row++)
    for (int64_t i = 0; i < n; i += kLanes) {
      const Vector d = at(a.x + row * n + i);
      at(a.biasGrad + i) += d;
      store(a.out + row * n + i, d);
    }
}

constexpr float kRoot = 0.70710678118654752f;  // 1 / sqrt(2)
constexpr float kBell = 0.39894228040143268f;  // 1 / sqrt(2 pi)

template <typename T>
AFFECTLAB_INLINE void biasGelu(const RowArguments<T>& a) {
  const int64_t n = a.channels;
  for (int64_t row = a.first; row < a.last; row++)
    for (int64_t i = 0; i < n; i += kLanes) {
      Vector x, gate, bell;
      load(a.branch + row * n + i, x);
      x += at(a.bias + i);
      gateOf(x * kRoot, gate, bell);
      store(a.out + row * n + i, x * 0.5f * gate);
    }
}

// The derivative of x Phi(x): Phi(x) + x phi(x).
template <typename T>
AFFECTLAB_INLINE void biasGeluGrad(const RowArguments<T>& a) {
  const int64_t n = a.channels;
  for (int64_t row = a.first; row < a.last; row++)
    for (int64_t i = 0; i < n; i += kLanes) {
      Vector x, d, gate, bell;
      load(a.branch + row * n + i, x);
      load(a.dy + row * n + i, d);
      x += at(a.bias + i);
      gateOf(x * kRoot, gate, bell);
      const Vector dx = d * (gate * 0.5f + x * bell * kBell);
      at(a.biasGrad + i) += dx;
      store(a.out + row * n + i, dx);
    }
}

AFFECTLAB_LOOP(runNorm, Floats, normRows)
AFFECTLAB_LOOP(runNorm, Halfs, normRows)
AFFECTLAB_LOOP(runAddNorm, Floats, addNormRows)
AFFECTLAB_LOOP(runAddNorm, Halfs, addNormRows)
AFFECTLAB_LOOP(runNormGrad, Floats, normRowsGrad)
AFFECTLAB_LOOP(runNormGrad, Halfs, normRowsGrad)
AFFECTLAB_LOOP(runAdd, Floats, addRows)
AFFECTLAB_LOOP(runAdd, Halfs, addRows)
AFFECTLAB_LOOP(runSum, Floats, sumRows)
AFFECTLAB_LOOP(runSum, Halfs, sumRows)
AFFECTLAB_LOOP(runGelu, Floats, biasGelu)
AFFECTLAB_LOOP(runGelu, Halfs, biasGelu)
AFFECTLAB_LOOP(runGeluGrad, Floats, biasGeluGrad)
AFFECTLAB_LOOP(runGeluGrad, Halfs, biasGeluGrad)

// The inputs of a call: arrays of rows that all have one shape, and vectors of one number a channel or a row.
class RowCall : public Call {
 public:
  RowCall(TF_OpKernelContext* context, const char* name) : Call(context), name_(name) {}
  template <typename T>
  const T* rows(int index) {
    const TF_Tensor* tensor = input(index);
    if (!isFine()) return nullptr;
    const std::vector<int64_t> shape = shapeOf(tensor);
    if (shape_.empty()) shape_ = shape;
    require(shape.size() == 2 && shape == shape_ && shape[1] > 0 && shape[1] % kLanes == 0,
            name_ + ": input " + std::to_string(index) + " is to be [rows, channels], as the first, channels a multiple of 16");
    return isFine() ? dataOf<T>(tensor) : nullptr;
  }
  const float* vector(int index, bool ofRows = false) {
    const TF_Tensor* tensor = input(index);
    if (!isFine()) return nullptr;
    require(TF_TensorElementCount(tensor) == (ofRows ? count() : channels()),
            name_ + ": input " + std::to_string(index) + " is to have one number for each " + (ofRows ? "row" : "channel"));
    return isFine() ? dataOf<float>(tensor) : nullptr;
  }
  template <typename T>
  T* rowsOut(int index) {
    return output<T>(index, shape_, sizeof(T) == 2 ? TF_BFLOAT16 : TF_FLOAT);
  }
  float* vectorOut(int index, bool ofRows = false) {
    return output<float>(index, {ofRows ? count() : channels()}, TF_FLOAT);
  }
  int64_t count() const { return shape_.empty() ? 0 : shape_[0]; }
  int64_t channels() const { return shape_.empty() ? 0 : shape_[1]; }

  // Runs the loop on all cores.
  template <typename T>
  void run(RowArguments<T> a, void (*loop)(const RowArguments<T>&)) {
    runParts(a, loop, {});
  }
  // The same; each of `totals` becomes the sum of what the parts have summed, where the arguments say `places`.
  template <typename T>
  void runParts(RowArguments<T> a, void (*loop)(const RowArguments<T>&),
                const std::vector<std::pair<float * RowArguments<T>::*, float*>>& totals) {
    if (!isFine()) return;
    a.channels = channels();
    const int64_t width = static_cast<int64_t>(totals.size()) * a.channels;
    std::vector<float> sums(cores() * width);
    const int64_t parts = divideWork(count(), std::max<int64_t>(1, kFewestNumbers / a.channels),
                                     [&](int64_t part, int64_t first, int64_t last) {
                                       RowArguments<T> own = a;
                                       own.first = first;
                                       own.last = last;
                                       float* at = sums.data() + part * width;
                                       for (const auto& [member, total] : totals) {
                                         own.*member = at;
                                         at += own.channels;
                                       }
                                       loop(own);
                                     });
    for (size_t i = 0; i < totals.size(); i++) {
      float* total = totals[i].second;
      std::fill(total, total + a.channels, 0.0f);
      for (int64_t part = 0; part < parts; part++) {
        const float* own = sums.data() + part * width + i * a.channels;
        for (int64_t k = 0; k < a.channels; k++) total[k] += own[k];
      }
    }
  }

 private:
  const std::string name_;
  std::vector<int64_t> shape_;
};

template <typename T>
void computeNorm(void* epsilon, TF_OpKernelContext* context) {
  RowCall call(context, "AffectlabNormRows");
  RowArguments<T> a{};
  a.x = call.rows<float>(0);
  a.scale = call.vector(1);
  a.offset = call.vector(2);
  a.out = call.rowsOut<T>(0);
  a.mean = call.vectorOut(1, true);
  a.inverse = call.vectorOut(2, true);
  a.epsilon = *static_cast<float*>(epsilon);
  call.run<T>(a, runNorm);
}

template <typename T>
void computeAddNorm(void* epsilon, TF_OpKernelContext* context) {
  RowCall call(context, "AffectlabAddNormRows");
  RowArguments<T> a{};
  a.branch = call.rows<T>(0);
  a.x = call.rows<float>(1);
  a.bias = call.vector(2);
  a.scale = call.vector(3);
  a.offset = call.vector(4);
  a.sum = call.rowsOut<float>(0);
  a.out = call.rowsOut<T>(1);
  a.mean = call.vectorOut(2, true);
  a.inverse = call.vectorOut(3, true);
  a.epsilon = *static_cast<float*>(epsilon);
  call.run<T>(a, runAddNorm);
}

template <typename T>
void computeNormGrad(void*, TF_OpKernelContext* context) {
  RowCall call(context, "AffectlabNormRowsGrad");
  RowArguments<T> a{};
  a.dy = call.rows<T>(0);
  a.dsum = call.rows<float>(1);
  a.x = call.rows<float>(2);
  a.scale = call.vector(3);
  a.mean = const_cast<float*>(call.vector(4, true));
  a.inverse = const_cast<float*>(call.vector(5, true));
  a.dx = call.rowsOut<float>(0);
  a.out = sizeof(T) == 2 ? call.rowsOut<T>(1) : call.output<T>(1, {0}, TF_FLOAT);
  float *scaleGrad = call.vectorOut(2), *offsetGrad = call.vectorOut(3), *biasGrad = call.vectorOut(4);
  call.runParts<T>(a, runNormGrad,
                   {{&RowArguments<T>::scaleGrad, scaleGrad},
                    {&RowArguments<T>::offsetGrad, offsetGrad},
                    {&RowArguments<T>::biasGrad, biasGrad}});
}

template <typename T>
void computeAdd(void*, TF_OpKernelContext* context) {
  RowCall call(context, "AffectlabAddRows");
  RowArguments<T> a{};
  a.branch = call.rows<T>(0);
  a.x = call.rows<float>(1);
  a.bias = call.vector(2);
  a.sum = call.rowsOut<float>(0);
  call.run<T>(a, runAdd);
}

template <typename T>
void computeSum(void*, TF_OpKernelContext* context) {
  RowCall call(context, "AffectlabSumRows");
  RowArguments<T> a{};
  a.x = call.rows<float>(0);
  a.out = call.rowsOut<T>(0);
  float* biasGrad = call.vectorOut(1);
  call.runParts<T>(a, runSum, {{&RowArguments<T>::biasGrad, biasGrad}});
}

template <typename T>
void computeGelu(void*, TF_OpKernelContext* context) {
  RowCall call(context, "AffectlabBiasGelu");
  RowArguments<T> a{};
  a.branch = call.rows<T>(0);
  a.bias = call.vector(1);
  a.out = call.rowsOut<T>(0);
  call.run<T>(a, runGelu);
}

template <typename T>
void computeGeluGrad(void*, TF_OpKernelContext* context) {
  RowCall call(context, "AffectlabBiasGeluGrad");
  RowArguments<T> a{};
  a.dy = call.rows<T>(0);
  a.branch = call.rows<T>(1);
  a.bias = call.vector(2);
  a.out = call.rowsOut<T>(0);
  float* biasGrad = call.vectorOut(1);
  call.runParts<T>(a, runGeluGrad, {{&RowArguments<T>::biasGrad, biasGrad}});
}

void* readEpsilon(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  float* epsilon = new float(0);
  TF_OpKernelConstruction_GetAttrFloat(construction, "epsilon", epsilon, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return epsilon;
}
void removeEpsilon(void* epsilon) { delete static_cast<float*>(epsilon); }

typedef void (*Compute)(void*, TF_OpKernelContext*);

void define(const Definition& definition, Compute floats, Compute halfs, TF_Status* status) {
  Definition typed = definition;
  typed.attributes.push_back("T: {float, bfloat16}");
  defineOp(typed, status);
  const bool hasEpsilon = !definition.attributes.empty();
  for (const auto& [type, compute] : {std::pair{TF_FLOAT, floats}, std::pair{TF_BFLOAT16, halfs}})
    addKernel(definition.name, type,
              {compute, hasEpsilon ? readEpsilon : nullptr, hasEpsilon ? removeEpsilon : nullptr}, status);
}

void defineEncoderBlockOps(TF_Status* status) {
  const auto opOf = [&](const Definition& definition, Compute floats, Compute halfs) {
    define(definition, floats, halfs, status);
  };
  opOf({"AffectlabNormRows",
        {"x: float", "scale: float", "offset: float"},
        {"y: T", "mean: float", "inverse: float"},
        {"epsilon: float"}},
       computeNorm<float>, computeNorm<Half>);
  opOf({"AffectlabAddNormRows",
        {"branch: T", "residual: float", "bias: float", "scale: float", "offset: float"},
        {"sum: float", "y: T", "mean: float", "inverse: float"},
        {"epsilon: float"}},
       computeAddNorm<float>, computeAddNorm<Half>);
  opOf({"AffectlabNormRowsGrad",
        {"dy: T", "dsum: float", "x: float", "scale: float", "mean: float", "inverse: float"},
        {"dx: float", "dx_in_t: T", "scale_grad: float", "offset_grad: float", "bias_grad: float"},
        {}},
       computeNormGrad<float>, computeNormGrad<Half>);
  opOf({"AffectlabAddRows", {"branch: T", "residual: float", "bias: float"}, {"sum: float"}, {}}, computeAdd<float>,
       computeAdd<Half>);
  opOf({"AffectlabSumRows", {"dy: float"}, {"dy_in_t: T", "bias_grad: float"}, {}}, computeSum<float>, computeSum<Half>);
  opOf({"AffectlabBiasGelu", {"x: T", "bias: float"}, {"y: T"}, {}}, computeGelu<float>, computeGelu<Half>);
  opOf({"AffectlabBiasGeluGrad", {"dy: T", "x: T", "bias: float"}, {"dx: T", "bias_grad: float"}, {}},
       computeGeluGrad<float>, computeGeluGrad<Half>);
}

}  // namespace

std::string registerEncoderBlockOps() { return registerWith(defineEncoderBlockOps); }

}  // namespace affectlab
