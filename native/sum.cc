// The sum of two tensors of one shape in bf16, which gradients that meet are added by: TensorFlow's own takes three times
// as long as reading and writing them.
//
//   AffectlabSum(a, b) -> a + b
//
// Added in float32 and rounded to nearest: the same bits as TensorFlow's. On the CPU, on all cores.
#include "sum.h"

#include "half.h"
#include "op.h"

namespace affectlab {
namespace {

struct Terms {
  const Half *a, *b;
  Half* sum;
  int64_t count;
};

AFFECTLAB_INLINE void addVector(const Half* a, const Half* b, Half* sum) {
  Vector x, y;
  load(a, x);
  load(b, y);
  store(sum, x + y);
}

AFFECTLAB_INLINE void addTerms(const Terms& terms) {
  const Terms t = terms;
  int64_t i = 0;
  for (; i + kLanes <= t.count; i += kLanes) addVector(t.a + i, t.b + i, t.sum + i);
  if (i == t.count) return;
  Half a[kLanes] = {}, b[kLanes] = {}, sum[kLanes];
  std::copy(t.a + i, t.a + t.count, a);
  std::copy(t.b + i, t.b + t.count, b);
  addVector(a, b, sum);
  std::copy(sum, sum + (t.count - i), t.sum + i);
}

AFFECTLAB_LOOP(addAll, Terms, addTerms)

void computeSum(void*, TF_OpKernelContext* context) {
  Call call(context);
  const TF_Tensor *a = call.input(0), *b = call.input(1);
  if (!call.isFine()) return;
  call.require(shapeOf(a) == shapeOf(b), "AffectlabSum: a and b are to have one shape");
  Half* sum = call.output<Half>(0, shapeOf(a), TF_BFLOAT16);
  if (!call.isFine()) return;
  divideWork(TF_TensorElementCount(a), kFewestNumbers, [&](int64_t, int64_t first, int64_t last) {
    addAll({dataOf<Half>(a) + first, dataOf<Half>(b) + first, sum + first, last - first});
  });
}

void define(TF_Status* status) {
  defineOp({"AffectlabSum", {"a: T", "b: T"}, {"sum: T"}, {"T: {bfloat16}"}}, status);
  addKernel("AffectlabSum", TF_BFLOAT16, {computeSum}, status);
}

}  // namespace

std::string registerSumOps() { return registerWith(define); }

}  // namespace affectlab
