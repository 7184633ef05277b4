// What every file of ops needs: a kernel's call through TensorFlow's C interface, work on all cores, and registration.
#pragma once

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "cores.h"
#include "instructions.h"
#include "lstm-steps.h"
#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

namespace affectlab {

inline int64_t cores() { return std::max(1u, std::thread::hardware_concurrency()); }

// Divides 0..count among the cores, each part at least `fewest` long and a multiple of `step`, and runs
// work(part, first, last) at once. Gives how many parts there are.
template <typename Work>
int64_t divideWork(int64_t count, int64_t fewest, const Work& work, int64_t step = kLanes) {
  const int64_t parts = std::max<int64_t>(1, std::min(cores(), count / fewest));
  const int64_t length = ((count + parts - 1) / parts + step - 1) / step * step;
  Cores::shared().run(parts, [&](int64_t part) {
    const int64_t first = std::min(part * length, count), last = std::min(first + length, count);
    if (first < last) work(part, first, last);
  });
  return parts;
}

// What each part has summed, added in the order of the parts, so that the same numbers give the same sums.
inline void addParts(const float* sums, int64_t parts, int64_t width, float* total) {
  std::fill(total, total + width, 0.0f);
  for (int64_t part = 0; part < parts; part++)
    for (int64_t i = 0; i < width; i++) total[i] += sums[part * width + i];
}

constexpr int64_t kFewestNumbers = 1 << 15;  // fewer are not worth a thread

// What a kernel's call is given and gives; deletes its tensors, and tells the context what failed.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context_(context), status_(TF_NewStatus()) {}
  ~Call() {
    for (TF_Tensor* tensor : tensors_) TF_DeleteTensor(tensor);
    if (!isFine()) TF_OpKernelContext_Failure(context_, status_);
    TF_DeleteStatus(status_);
  }
  bool isFine() const { return TF_GetCode(status_) == TF_OK; }
  void require(bool isRight, const std::string& problem) {
    if (isFine() && !isRight) TF_SetStatus(status_, TF_INVALID_ARGUMENT, problem.c_str());
  }
  int inputs() const { return TF_NumInputs(context_); }
  TF_Tensor* input(int index) {
    TF_Tensor* tensor = nullptr;
    if (isFine()) TF_GetInput(context_, index, &tensor, status_);
    if (tensor != nullptr) tensors_.push_back(tensor);
    return tensor;
  }
  template <typename T>
  T* output(int index, const std::vector<int64_t>& shape, TF_DataType type) {
    int64_t count = 1;
    for (int64_t length : shape) count *= length;
    if (!isFine()) return nullptr;
    TF_Tensor* tensor = TF_AllocateOutput(context_, index, type, shape.data(), static_cast<int>(shape.size()),
                                          count * sizeof(T), status_);
    if (tensor == nullptr || !isFine()) return nullptr;
    tensors_.push_back(tensor);
    return static_cast<T*>(TF_TensorData(tensor));
  }

 private:
  TF_OpKernelContext* context_;
  TF_Status* status_;
  std::vector<TF_Tensor*> tensors_;
};

inline std::vector<int64_t> shapeOf(const TF_Tensor* tensor) {
  std::vector<int64_t> shape;
  for (int axis = 0; axis < TF_NumDims(tensor); axis++) shape.push_back(TF_Dim(tensor, axis));
  return shape;
}

template <typename T>
const T* dataOf(const TF_Tensor* tensor) {
  return static_cast<const T*>(TF_TensorData(tensor));
}

// An op as TensorFlow's own definitions read: {name, {"x: T"}, {"y: T"}, {"T: {float, bfloat16}"}}.
struct Definition {
  const char* name;
  std::vector<const char*> inputs, outputs, attributes;
};

inline void defineOp(const Definition& definition, TF_Status* status) {
  if (TF_GetCode(status) != TF_OK) return;
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(definition.name);
  for (const char* attribute : definition.attributes) TF_OpDefinitionBuilderAddAttr(op, attribute);
  for (const char* input : definition.inputs) TF_OpDefinitionBuilderAddInput(op, input);
  for (const char* output : definition.outputs) TF_OpDefinitionBuilderAddOutput(op, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(op, status);
}

// Reads attributes of an op that is being made; after one that is not there, it reads no other, and the op is refused.
class Attributes {
 public:
  explicit Attributes(TF_OpKernelConstruction* construction) : construction_(construction), status_(TF_NewStatus()) {}
  ~Attributes() {
    if (!isFine()) TF_OpKernelConstruction_Failure(construction_, status_);
    TF_DeleteStatus(status_);
  }
  std::vector<int64_t> pair(const char* name) {
    std::vector<int64_t> numbers(2);
    if (isFine()) TF_OpKernelConstruction_GetAttrInt64List(construction_, name, numbers.data(), 2, status_);
    return numbers;
  }
  bool flag(const char* name) {
    unsigned char value = 0;
    if (isFine()) TF_OpKernelConstruction_GetAttrBool(construction_, name, &value, status_);
    return value != 0;
  }
  float number(const char* name) {
    float value = 0;
    if (isFine()) TF_OpKernelConstruction_GetAttrFloat(construction_, name, &value, status_);
    return value;
  }

 private:
  bool isFine() const { return TF_GetCode(status_) == TF_OK; }
  TF_OpKernelConstruction* construction_;
  TF_Status* status_;
};

// What computes an op; `create` reads the attributes of a call into an object that `compute` is given.
struct Kernel {
  void (*compute)(void*, TF_OpKernelContext*);
  void* (*create)(TF_OpKernelConstruction*) = nullptr;
  void (*remove)(void*) = nullptr;
};

// With `type` where the attribute T is that one alone.
inline void addKernel(const char* name, const Kernel& made, TF_Status* status) {
  if (TF_GetCode(status) != TF_OK) return;
  TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", made.create, made.compute, made.remove), status);
}
inline void addKernel(const char* name, TF_DataType type, const Kernel& made, TF_Status* status) {
  if (TF_GetCode(status) != TF_OK) return;
  TF_KernelBuilder* kernel = TF_NewKernelBuilder(name, "CPU", made.create, made.compute, made.remove);
  TF_KernelBuilder_TypeConstraint(kernel, "T", type, status);
  if (TF_GetCode(status) == TF_OK) TF_RegisterKernelBuilder(name, kernel, status);
}

// Runs `define` once; empty, or why TensorFlow refused what it registers.
inline std::string registerWith(void (*define)(TF_Status*)) {
  TF_Status* status = TF_NewStatus();
  define(status);
  const std::string problem = TF_GetCode(status) == TF_OK ? "" : TF_Message(status);
  TF_DeleteStatus(status);
  return problem;
}

}  // namespace affectlab
