// Two ops for TensorFlow, registered when this addon is loaded beside it: a bidirectional LSTM forward and back.
//
//   AffectlabBidirectionalLstm(projected [batch, frames, 8 x units], mask [batch, frames],
//                              recurrent [2, units, 4 x units], bias [8 x units])
//     -> hidden [batch, frames, 2 x units], gates [batch, frames, 8 x units], cell [batch, frames, 2 x units]
//   AffectlabBidirectionalLstmGrad(hidden_grad, gates, cell, hidden, recurrent)
//     -> projected_grad, recurrent_grad, bias_grad
//
// float32, on the CPU, units a multiple of 16. The forward direction's numbers come first in every last axis, gates in
// the order input, forget, cell, output. Both directions run at once, each on a thread of its own; with more cores the
// batch is divided too. src/kernels/lstm.ts says what is computed, and its tests hold it to PyTorch.
#include <node_api.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "attention.h"
#include "batch-norm.h"
#include "convolution.h"
#include "encoder-block.h"
#include "half-convolution.h"
#include "instructions.h"
#include "lstm-steps.h"
#include "optimiser.h"
#include "sound.h"
#include "sum.h"
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"
#include "transformer.h"
#include "winograd.h"

namespace affectlab {
namespace {

// The loops once for each instruction set; the processor decides which run. Rows of a tile: as many sums as there are
// registers for.
struct Loops {
  void (*forward)(const ForwardArguments&);
  void (*backward)(const BackwardArguments&);
};

template <int Rows, int GradRows>
AFFECTLAB_INLINE void backwardByWidth(const BackwardArguments& a) {
  if (a.sequence.units % (2 * kLanes) == 0) {
    runBackward<GradRows, 2>(a);
  } else {
    runBackward<GradRows, 1>(a);
  }
}

void forwardPlain(const ForwardArguments& a) { runForward<1>(a); }
void backwardPlain(const BackwardArguments& a) { backwardByWidth<1, 2>(a); }

#if defined(__x86_64__)
AFFECTLAB_AVX2 void forwardAvx2(const ForwardArguments& a) { runForward<1>(a); }
AFFECTLAB_AVX2 void backwardAvx2(const BackwardArguments& a) { backwardByWidth<1, 2>(a); }
AFFECTLAB_AVX512 void forwardAvx512(const ForwardArguments& a) { runForward<4>(a); }
AFFECTLAB_AVX512 void backwardAvx512(const BackwardArguments& a) { backwardByWidth<4, 8>(a); }
#endif

const Loops& loops() {
  static const Loops plain = {forwardPlain, backwardPlain};
#if defined(__x86_64__)
  static const Loops avx2 = {forwardAvx2, backwardAvx2}, avx512 = {forwardAvx512, backwardAvx512};
  return fastest(plain, avx2, avx512);
#else
  return plain;
#endif
}

// A part of the work: some rows of the batch in one direction.
struct Part {
  int64_t firstRow, lastRow;
  bool isBackward;
};

std::vector<Part> divide(int64_t batch) {
  const int64_t cores = std::max(1u, std::thread::hardware_concurrency());
  const int64_t fewestRows = 8;  // fewer fill no tile
  const int64_t wanted = std::max<int64_t>(1, std::min(cores / 2, batch / fewestRows));
  const int64_t rows = ((batch + wanted - 1) / wanted + fewestRows - 1) / fewestRows * fewestRows;
  std::vector<Part> parts;
  for (int64_t row = 0; row < batch; row += rows)
    for (bool isBackward : {false, true}) parts.push_back({row, std::min(row + rows, batch), isBackward});
  return parts;
}

// Below so many multiplications a part is done sooner than a thread is started for it.
constexpr int64_t kWorthAThread = 1 << 21;

// Runs work(0), work(1), ... and waits for all: at once where each is worth a thread. Throws what one of them threw.
void runTogether(size_t count, int64_t multiplications, const std::function<void(size_t)>& work) {
  if (multiplications < kWorthAThread * static_cast<int64_t>(count)) {
    for (size_t index = 0; index < count; index++) work(index);
    return;
  }
  std::vector<std::exception_ptr> failures(count);
  const auto guarded = [&](size_t index) {
    try {
      work(index);
    } catch (...) {
      failures[index] = std::current_exception();
    }
  };
  std::vector<std::thread> threads;
  size_t started = 1;
  try {
    for (; started < count; started++) threads.emplace_back(guarded, started);
  } catch (...) {
    // No thread to be had: what is left is done here.
  }
  guarded(0);
  for (; started < count; started++) guarded(started);
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

// What a kernel's call is given and gives; every failure goes to the status, none out of the kernel.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call() {
    for (TF_Tensor* tensor : tensors_) TF_DeleteTensor(tensor);
    if (TF_GetCode(status_) != TF_OK) TF_OpKernelContext_Failure(context_, status_);
    TF_DeleteStatus(status_);
  }
  const float* input(int index, std::vector<int64_t>* shape = nullptr) {
    TF_Tensor* tensor = nullptr;
    TF_GetInput(context_, index, &tensor, status_);
    check();
    tensors_.push_back(tensor);
    if (shape != nullptr)
      for (int axis = 0; axis < TF_NumDims(tensor); axis++) shape->push_back(TF_Dim(tensor, axis));
    return static_cast<const float*>(TF_TensorData(tensor));
  }
  // An input that has to have that shape.
  const float* input(int index, const std::vector<int64_t>& expected) {
    std::vector<int64_t> shape;
    const float* data = input(index, &shape);
    require(shape == expected, "input " + std::to_string(index) + " has another shape than the first one asks for");
    return data;
  }
  float* output(int index, const std::vector<int64_t>& shape) {
    int64_t count = 1;
    for (int64_t length : shape) count *= length;
    TF_Tensor* tensor = TF_AllocateOutput(context_, index, TF_FLOAT, shape.data(), static_cast<int>(shape.size()),
                                          count * sizeof(float), status_);
    check();
    tensors_.push_back(tensor);
    return static_cast<float*>(TF_TensorData(tensor));
  }
  void require(bool isRight, const std::string& problem) {
    if (!isRight) fail(problem);
  }
  void fail(const std::string& problem) {
    TF_SetStatus(status_, TF_INVALID_ARGUMENT, ("bidirectional LSTM: " + problem).c_str());
    throw Failed();
  }
  struct Failed {};

 private:
  void check() {
    if (TF_GetCode(status_) != TF_OK) throw Failed();
  }
  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> tensors_;
};

template <void (*body)(Call&)>
void compute(void*, TF_OpKernelContext* context) {
  Call call(context);
  try {
    try {
      body(call);
    } catch (const std::exception& error) {
      call.fail(error.what());
    }
  } catch (const Call::Failed&) {
  }
}

void forward(Call& call) {
  std::vector<int64_t> shape;
  const float* projected = call.input(0, &shape);
  call.require(shape.size() == 3 && shape[2] > 0 && shape[2] % (8 * kLanes) == 0,
               "projected is to be [batch, frames, 8 x units], units a multiple of 16");
  const int64_t batch = shape[0], frames = shape[1], units = shape[2] / 8;
  const float* mask = call.input(1, {batch, frames});
  const float* recurrent = call.input(2, {2, units, 4 * units});
  const float* bias = call.input(3, {8 * units});
  float* hidden = call.output(0, {batch, frames, 2 * units});
  float* gates = call.output(1, shape);
  float* cell = call.output(2, {batch, frames, 2 * units});
  const std::vector<Part> parts = divide(batch);
  const Loops& chosen = loops();
  runTogether(parts.size(), 2 * batch * frames * 4 * units * units, [&](size_t index) {
    const auto [firstRow, lastRow, isBackward] = parts[index];
    const int64_t gate = isBackward ? 4 * units : 0, unit = isBackward ? units : 0;
    chosen.forward({{frames, units, firstRow, lastRow, isBackward},
                   projected + gate,
                   mask,
                   recurrent + gate * units,
                   bias + gate,
                   hidden + unit,
                   gates + gate,
                   cell + unit});
  });
}

void backward(Call& call) {
  std::vector<int64_t> shape;
  const float* gates = call.input(1, &shape);
  call.require(shape.size() == 3 && shape[2] > 0 && shape[2] % (8 * kLanes) == 0,
               "gates is to be [batch, frames, 8 x units], units a multiple of 16");
  const int64_t batch = shape[0], frames = shape[1], units = shape[2] / 8;
  const std::vector<int64_t> unitShape = {batch, frames, 2 * units};
  const float* hiddenGrad = call.input(0, unitShape);
  const float* cell = call.input(2, unitShape);
  const float* hidden = call.input(3, unitShape);
  const float* recurrent = call.input(4, {2, units, 4 * units});
  float* projectedGrad = call.output(0, shape);
  float* recurrentGrad = call.output(1, {2, units, 4 * units});
  float* biasGrad = call.output(2, {8 * units});
  const std::vector<Part> parts = divide(batch);
  const Loops& chosen = loops();
  const int64_t matrix = units * 4 * units, vector = 4 * units;
  std::vector<float> sums(parts.size() * (matrix + vector));
  runTogether(parts.size(), 2 * batch * frames * 4 * units * units, [&](size_t index) {
    const auto [firstRow, lastRow, isBackward] = parts[index];
    const int64_t gate = isBackward ? 4 * units : 0, unit = isBackward ? units : 0;
    float* own = sums.data() + index * (matrix + vector);
    chosen.backward({{frames, units, firstRow, lastRow, isBackward},
                    hiddenGrad + unit,
                    gates + gate,
                    cell + unit,
                    hidden + unit,
                    recurrent + gate * units,
                    projectedGrad + gate,
                    own,
                    own + matrix});
  });
  // In the order of the parts, so that the same numbers give the same sums.
  std::fill(recurrentGrad, recurrentGrad + 2 * matrix, 0.0f);
  std::fill(biasGrad, biasGrad + 2 * vector, 0.0f);
  for (size_t index = 0; index < parts.size(); index++) {
    const float* own = sums.data() + index * (matrix + vector);
    const int64_t direction = parts[index].isBackward ? 1 : 0;
    for (int64_t k = 0; k < matrix; k++) recurrentGrad[direction * matrix + k] += own[k];
    for (int64_t k = 0; k < vector; k++) biasGrad[direction * vector + k] += own[matrix + k];
  }
}

void unknownShapes(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

bool registerOp(const char* name, const std::vector<const char*>& inputs, const std::vector<const char*>& outputs,
                void (*body)(void*, TF_OpKernelContext*), TF_Status* status) {
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(op, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(op, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, unknownShapes);
  TF_RegisterOpDefinition(op, status);
  if (TF_GetCode(status) != TF_OK) return false;
  TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", nullptr, body, nullptr), status);
  return TF_GetCode(status) == TF_OK;
}

// Empty, or why the ops could not be registered. Once a process: a worker thread loads the addon again.
std::string registerOps() {
  TF_Status* status = TF_NewStatus();
  const bool isDone =
      registerOp("AffectlabBidirectionalLstm",
                 {"projected: float", "mask: float", "recurrent: float", "bias: float"},
                 {"hidden: float", "gates: float", "cell: float"}, compute<forward>, status) &&
      registerOp("AffectlabBidirectionalLstmGrad",
                 {"hidden_grad: float", "gates: float", "cell: float", "hidden: float", "recurrent: float"},
                 {"projected_grad: float", "recurrent_grad: float", "bias_grad: float"}, compute<backward>, status);
  const std::string problem = isDone ? "" : TF_Message(status);
  TF_DeleteStatus(status);
  return problem;
}

// useInstructions(name): makes the loops of "avx512", "avx2" or "plain" the ones that run, so that a test sees them all;
// "" for the best. Gives whether this processor has them.
napi_value useInstructions(napi_env env, napi_callback_info info) {
  size_t count = 1, length = 0;
  napi_value name = nullptr, answer = nullptr;
  char text[16] = "";
  napi_get_cb_info(env, info, &count, &name, nullptr, nullptr);
  const bool isText = count == 1 && napi_get_value_string_utf8(env, name, text, sizeof text, &length) == napi_ok;
  const std::map<std::string, Instructions> sets = {{"plain", Instructions::plain},
                                                    {"avx2", Instructions::avx2},
                                                    {"avx512", Instructions::avx512},
                                                    {"", bestInstructions()}};
  const auto found = isText ? sets.find(text) : sets.end();
  const bool isThere = found != sets.end() && found->second <= bestInstructions();
  if (isThere) instructions() = found->second;
  napi_get_boolean(env, isThere, &answer);
  return answer;
}

}  // namespace
}  // namespace affectlab

NAPI_MODULE_INIT() {
  static const std::string problem = affectlab::registerOps() + affectlab::registerTransformerOps() +
                                     affectlab::registerConvolutionOps() + affectlab::registerOptimiserOps() +
                                     affectlab::registerAttentionOps() +
                                     affectlab::registerBatchNormOps() + affectlab::registerEncoderBlockOps() +
                                     affectlab::registerSumOps() + affectlab::registerHalfConvolutionOps() +
                                     affectlab::registerWinogradOps();
  if (!problem.empty()) napi_throw_error(env, nullptr, problem.c_str());
  napi_value function = nullptr;
  napi_create_function(env, "useInstructions", NAPI_AUTO_LENGTH, affectlab::useInstructions, nullptr, &function);
  napi_set_named_property(env, exports, "useInstructions", function);
  affectlab::exportSoundFunctions(env, exports);
  napi_value hasTiles = nullptr;
  napi_get_boolean(env, affectlab::hasHalfConvolutionOps(), &hasTiles);
  napi_set_named_property(env, exports, "hasTiles", hasTiles);
  napi_value hasWinograd = nullptr;
  napi_get_boolean(env, affectlab::hasWinogradOps(), &hasWinograd);
  napi_set_named_property(env, exports, "hasWinograd", hasWinograd);
  return exports;
}
