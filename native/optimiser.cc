// One op for the whole update of a training step, in one pass over memory, and one before it for the gradient's norm.
//
//   AffectlabAdamW(settings [6], rules [N, 2], weights N x, gradients N x, fixed M x, first_moment, second_moment, average)
//     -> changed N x, as the weights are shaped
//
// settings: learning rate, correction of the first moment 1 / (1 - beta1^t), of the second's root 1 / sqrt(1 - beta2^t),
// norm to clip to (0 for none), decay of the average, epsilon. rules: factor on the learning rate and weight decay of
// each tensor. first_moment and second_moment hold the numbers of all weights one after the other, average those of the
// weights and then of `fixed`, or none where no average is kept.
//
// The three are changed where they lie: whoever calls owns their memory alone (src/kernels/adamw.ts). Weights are not:
// other tensors may share theirs. float32, on the CPU, on all cores; the sums do not depend on how many there are.
#include "optimiser.h"

#include <cmath>

#include "op.h"

namespace affectlab {
namespace {

constexpr float kFirstDecay = 0.9f, kSecondDecay = 0.999f;
constexpr float kFirstShare = 0.1f, kSecondShare = 0.001f;  // 1 - kSecondDecay in float32 is off by 5e-5 of it

struct Settings {
  float learningRate, firstCorrection, secondCorrection, clipNorm, averageDecay, epsilon;
};

// A piece of one tensor, short enough for the second cache.
struct Piece {
  int64_t tensor, first, count, place;  // `place` among the numbers of all tensors
};
constexpr int64_t kPiece = 1 << 14;

struct UpdateArguments {
  const float *weights, *gradients;
  float *changed, *firstMoment, *secondMoment, *average;
  int64_t count;
  float clip, rate, decay, epsilon, secondCorrection, averageDecay;
};

AFFECTLAB_INLINE void updatePiece(const UpdateArguments& a) {
  const float *weights = a.weights, *gradients = a.gradients;
  float *changed = a.changed, *firstMoment = a.firstMoment, *secondMoment = a.secondMoment, *average = a.average;
  for (int64_t start = 0; start < a.count; start += kLanes) {
    const int lanes = static_cast<int>(std::min<int64_t>(kLanes, a.count - start));
    float next[kLanes];
    const auto update = [&](int lane) __attribute__((always_inline)) {
      const int64_t i = start + lane;
      const float gradient = gradients[i] * a.clip;
      const float first = firstMoment[i] * kFirstDecay + gradient * kFirstShare;
      const float second = secondMoment[i] * kSecondDecay + gradient * gradient * kSecondShare;
      firstMoment[i] = first;
      secondMoment[i] = second;
      const float root = __builtin_sqrtf(second) * a.secondCorrection + a.epsilon;
      next[lane] = weights[i] - (first / root * a.rate + weights[i] * a.decay);
    };
    if (lanes == kLanes) {
      for (int lane = 0; lane < kLanes; lane++) update(lane);
    } else {
      for (int lane = 0; lane < lanes; lane++) update(lane);
    }
    for (int lane = 0; lane < lanes; lane++) changed[start + lane] = next[lane];
    if (average == nullptr) continue;
    for (int lane = 0; lane < lanes; lane++)
      average[start + lane] = average[start + lane] * a.averageDecay + next[lane] * (1 - a.averageDecay);
  }
}

struct SquaresArguments {
  const float* x;
  int64_t count;
  double* sum;
};

AFFECTLAB_INLINE void sumSquares(const SquaresArguments& a) {
  Vector sum = {};
  int64_t i = 0;
  for (; i + kLanes <= a.count; i += kLanes) sum += at(a.x + i) * at(a.x + i);
  double total = 0;
  for (int lane = 0; lane < kLanes; lane++) total += sum[lane];
  for (; i < a.count; i++) total += static_cast<double>(a.x[i]) * a.x[i];
  *a.sum = total;
}

AFFECTLAB_LOOP(runUpdate, UpdateArguments, updatePiece)
AFFECTLAB_LOOP(runSquares, SquaresArguments, sumSquares)

std::vector<Piece> cut(const std::vector<const TF_Tensor*>& tensors) {
  std::vector<Piece> pieces;
  int64_t place = 0;
  for (size_t tensor = 0; tensor < tensors.size(); tensor++) {
    const int64_t size = TF_TensorElementCount(tensors[tensor]);
    for (int64_t first = 0; first < size; first += kPiece)
      pieces.push_back({static_cast<int64_t>(tensor), first, std::min(kPiece, size - first), place + first});
    place += size;
  }
  return pieces;
}

void computeAdamW(void* attributes, TF_OpKernelContext* context) {
  const int64_t tensors = *static_cast<int64_t*>(attributes);
  Call call(context);
  const int fixedTensors = static_cast<int>(call.inputs() - 5 - 2 * tensors);
  const TF_Tensor *given = call.input(0), *rules = call.input(1);
  std::vector<const TF_Tensor*> weights, gradients, fixed;
  int index = 2;
  for (int64_t i = 0; i < tensors; i++) weights.push_back(call.input(index++));
  for (int64_t i = 0; i < tensors; i++) gradients.push_back(call.input(index++));
  for (int i = 0; i < fixedTensors; i++) fixed.push_back(call.input(index++));
  const TF_Tensor *firstMoment = call.input(index), *secondMoment = call.input(index + 1), *average = call.input(index + 2);
  if (!call.isFine()) return;
  call.require(TF_TensorElementCount(given) == 6, "AffectlabAdamW: settings are to be 6 numbers");
  call.require(TF_TensorElementCount(rules) == 2 * tensors, "AffectlabAdamW: rules are to be two numbers a tensor");
  int64_t size = 0, fixedSize = 0;
  for (int64_t i = 0; i < tensors; i++) {
    call.require(shapeOf(weights[i]) == shapeOf(gradients[i]),
                 "AffectlabAdamW: gradient " + std::to_string(i) + " has another shape than its weights");
    size += TF_TensorElementCount(weights[i]);
  }
  for (const TF_Tensor* tensor : fixed) fixedSize += TF_TensorElementCount(tensor);
  const int64_t averaged = TF_TensorElementCount(average);
  call.require(TF_TensorElementCount(firstMoment) == size && TF_TensorElementCount(secondMoment) == size &&
                   (averaged == 0 || averaged == size + fixedSize),
               "AffectlabAdamW: the moments are to be as long as all weights, the average as all and fixed");
  std::vector<float*> changed;
  for (int64_t i = 0; i < tensors; i++)
    changed.push_back(call.output<float>(static_cast<int>(i), shapeOf(weights[i]), TF_FLOAT));
  if (!call.isFine()) return;

  Settings settings;
  std::memcpy(&settings, TF_TensorData(given), sizeof settings);
  const std::vector<Piece> pieces = cut(weights);
  float clip = 1;
  if (settings.clipNorm > 0) {
    std::vector<double> sums(pieces.size());
    divideWork(pieces.size(), 2, [&](int64_t, int64_t first, int64_t last) {
      for (int64_t i = first; i < last; i++)
        runSquares(SquaresArguments{dataOf<float>(gradients[pieces[i].tensor]) + pieces[i].first, pieces[i].count, &sums[i]});
    }, 1);
    double sum = 0;
    for (double part : sums) sum += part;
    const float norm = static_cast<float>(std::sqrt(sum));
    if (!(norm <= settings.clipNorm)) clip = settings.clipNorm / norm;  // what is no number stays none
  }
  const auto memoryOf = [](const TF_Tensor* tensor) { return static_cast<float*>(TF_TensorData(tensor)); };
  divideWork(pieces.size(), 2, [&](int64_t, int64_t first, int64_t last) {
    for (int64_t i = first; i < last; i++) {
      const auto [tensor, start, count, place] = pieces[i];
      const float *rule = dataOf<float>(rules) + 2 * tensor, rate = settings.learningRate * rule[0];
      runUpdate(UpdateArguments{dataOf<float>(weights[tensor]) + start, dataOf<float>(gradients[tensor]) + start,
                                changed[tensor] + start, memoryOf(firstMoment) + place, memoryOf(secondMoment) + place,
                                averaged == 0 ? nullptr : memoryOf(average) + place, count, clip,
                                rate * settings.firstCorrection, rate * rule[1], settings.epsilon,
                                settings.secondCorrection, settings.averageDecay});
    }
  }, 1);
  if (averaged == 0) return;
  float* to = memoryOf(average) + size;
  for (const TF_Tensor* tensor : fixed) {
    const int64_t count = TF_TensorElementCount(tensor);
    for (int64_t i = 0; i < count; i++, to++)
      *to = *to * settings.averageDecay + dataOf<float>(tensor)[i] * (1 - settings.averageDecay);
  }
}

void* readCount(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  int64_t* count = new int64_t(0);
  TF_OpKernelConstruction_GetAttrInt64(construction, "N", count, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return count;
}
void removeCount(void* count) { delete static_cast<int64_t*>(count); }

void defineOptimiserOps(TF_Status* status) {
  const char* name = "AffectlabAdamW";
  defineOp({name,
            {"settings: float", "rules: float", "weights: N * float", "gradients: N * float", "fixed: M * float",
             "first_moment: float", "second_moment: float", "average: float"},
            {"changed: N * float"},
            {"N: int >= 1", "M: int >= 0"}},
           status);
  addKernel(name, {computeAdamW, readCount, removeCount}, status);
}

}  // namespace

std::string registerOptimiserOps() { return registerWith(defineOptimiserOps); }

}  // namespace affectlab
