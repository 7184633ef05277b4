// What a batch of sounds costs most in before a step: samples between samples, and mixing rows with each other. Functions
// of the addon's own on arrays, outside TensorFlow, on all cores, with the numbers of src/features/interpolate.ts and
// src/features/mixup.ts bit for bit:
//
//   interpolate(samples, step, out, { values, taps, before, phases })
//   mixRows(rows, partners, share)
#include "sound.h"

#include <vector>

#include "cores.h"
#include "instructions.h"
#include "op.h"

// A product and a sum are rounded one after the other, as JavaScript does.
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#else
#pragma GCC optimize("fp-contract=off")
#endif

namespace affectlab {
namespace {

constexpr int64_t kTapsAtOnce = 4;
typedef double Four __attribute__((vector_size(4 * sizeof(double))));
typedef float FourSingles __attribute__((vector_size(4 * sizeof(float)), aligned(alignof(float))));
typedef Four FourAnywhere __attribute__((aligned(alignof(double))));

struct Interpolation {
  const float* padded;
  const double* rows;  // [phases, taps / 4, 2, 4]: four weights, then how much each grows to the next row
  int64_t taps, phases;
  double step;
  int64_t first, last;
  float* out;
};

AFFECTLAB_INLINE void interpolatePart(const Interpolation& given) {
  const Interpolation g = given;
  for (int64_t i = g.first; i < g.last; i++) {
    const double position = static_cast<double>(i) * g.step;
    const int64_t sample = static_cast<int64_t>(position);
    const double place = (position - static_cast<double>(sample)) * static_cast<double>(g.phases);
    const int64_t phase = static_cast<int64_t>(place);
    const double rest = place - static_cast<double>(phase);
    const double* row = g.rows + 2 * g.taps * phase;
    const float* samples = g.padded + sample;
    Four sum = {};
    for (int64_t tap = 0; tap < g.taps; tap += kTapsAtOnce, row += 2 * kTapsAtOnce) {
      const Four weights = *reinterpret_cast<const FourAnywhere*>(row);
      const Four growth = *reinterpret_cast<const FourAnywhere*>(row + kTapsAtOnce);
      const Four heard = __builtin_convertvector(*reinterpret_cast<const FourSingles*>(samples + tap), Four);
      sum += heard * (weights + rest * growth);
    }
    g.out[i] = static_cast<float>((sum[0] + sum[2]) + (sum[1] + sum[3]));
  }
}

AFFECTLAB_LOOP(interpolateAll, Interpolation, interpolatePart)

struct Mixing {
  float* row;
  const float* partner;
  int64_t count;
  double share;
};

AFFECTLAB_INLINE void mixPart(const Mixing& given) {
  const Mixing g = given;
  const double rest = 1 - g.share;
  for (int64_t i = 0; i < g.count; i++) g.row[i] = static_cast<float>(g.share * g.row[i] + rest * g.partner[i]);
}

AFFECTLAB_LOOP(mixAll, Mixing, mixPart)

// Mixes each row's columns first..last with its partner's, cycle by cycle of the order: only a cycle's first row is asked
// for once it is mixed.
void mixColumns(float* rows, const int32_t* partners, int64_t items, int64_t width, double share, int64_t first,
                int64_t last) {
  std::vector<bool> isMixed(items, false);
  std::vector<float> asItWas(last - first);
  const auto columns = [&](int64_t item) { return rows + item * width + first; };
  for (int64_t start = 0; start < items; start++) {
    if (isMixed[start]) continue;
    std::copy(columns(start), columns(start) + (last - first), asItWas.begin());
    for (int64_t item = start; !isMixed[item]; item = partners[item]) {
      const int64_t partner = partners[item];
      mixAll({columns(item), partner == start ? asItWas.data() : columns(partner), last - first, share});
      isMixed[item] = true;
    }
  }
}

// Reads what JavaScript gives; after one argument that is none of its kind, `isFine` is false.
class Given {
 public:
  Given(napi_env env, napi_callback_info info) : env_(env) {
    size_t count = 4;
    napi_get_cb_info(env, info, &count, arguments_, nullptr, nullptr);
  }
  napi_value at(int index) const { return arguments_[index]; }
  napi_value property(napi_value of, const char* name) {
    napi_value value = nullptr;
    isFine_ = isFine_ && napi_get_named_property(env_, of, name, &value) == napi_ok;
    return value;
  }
  double number(napi_value value) {
    double number = 0;
    isFine_ = isFine_ && napi_get_value_double(env_, value, &number) == napi_ok;
    return number;
  }
  template <typename T>
  T* array(napi_value value, napi_typedarray_type type, int64_t& length) {
    napi_typedarray_type found = napi_int8_array;
    size_t count = 0;
    void* data = nullptr;
    isFine_ = isFine_ && napi_get_typedarray_info(env_, value, &found, &count, &data, nullptr, nullptr) == napi_ok &&
              found == type;
    length = isFine_ ? static_cast<int64_t>(count) : 0;
    return static_cast<T*>(data);
  }
  bool isFine() const { return isFine_; }
  napi_value refuse(const char* problem) const {
    napi_throw_type_error(env_, nullptr, problem);
    return nullptr;
  }

 private:
  napi_env env_;
  napi_value arguments_[4] = {};
  bool isFine_ = true;
};

napi_value interpolate(napi_env env, napi_callback_info info) {
  Given given(env, info);
  int64_t sampleCount, count, weights;
  const float* samples = given.array<float>(given.at(0), napi_float32_array, sampleCount);
  const double step = given.number(given.at(1));
  float* out = given.array<float>(given.at(2), napi_float32_array, count);
  const double* rows = given.array<double>(given.property(given.at(3), "values"), napi_float64_array, weights);
  const int64_t taps = given.number(given.property(given.at(3), "taps"));
  const int64_t before = given.number(given.property(given.at(3), "before"));
  const int64_t phases = given.number(given.property(given.at(3), "phases"));
  const bool areRows = given.isFine() && taps > 0 && taps % kTapsAtOnce == 0 && phases > 0 && before >= 0 &&
                       before < taps && weights == 2 * taps * phases;
  if (!areRows || !(step > 0)) return given.refuse("interpolate: expected samples, a step above 0, room and rows");
  // So every position reaches into the `taps` zeros behind the samples at most.
  if (!(static_cast<double>(count - 1) * step <= static_cast<double>(sampleCount)))
    return given.refuse("interpolate: out asks for positions behind the last sample");
  thread_local std::vector<float> padded;  // kept: fresh memory costs as much as a quarter of the work
  padded.assign(before + sampleCount + taps, 0.0f);
  std::copy(samples, samples + sampleCount, padded.begin() + before);
  const float* heard = padded.data();
  constexpr int64_t fewest = 1 << 12;  // fewer are not worth a thread
  divideWork(count, fewest, [&](int64_t, int64_t first, int64_t last) {
    interpolateAll({heard, rows, taps, phases, step, first, last, out});
  });
  return nullptr;
}

napi_value mixRows(napi_env env, napi_callback_info info) {
  Given given(env, info);
  int64_t count, items;
  float* rows = given.array<float>(given.at(0), napi_float32_array, count);
  const int32_t* partners = given.array<int32_t>(given.at(1), napi_int32_array, items);
  const double share = given.number(given.at(2));
  std::vector<bool> isPartner(items, false);
  for (int64_t item = 0; item < items; item++)
    if (partners[item] >= 0 && partners[item] < items) isPartner[partners[item]] = true;
  const bool isOrder = std::find(isPartner.begin(), isPartner.end(), false) == isPartner.end();
  if (!given.isFine() || items == 0 || count % items != 0 || !isOrder)
    return given.refuse("mixRows: expected whole rows, an order of them and a share");
  const int64_t width = count / items;
  divideWork(width, std::max<int64_t>(1, kFewestNumbers / items), [&](int64_t, int64_t first, int64_t last) {
    mixColumns(rows, partners, items, width, share, first, last);
  });
  return nullptr;
}

}  // namespace

void exportSoundFunctions(napi_env env, napi_value exports) {
  const auto add = [&](const char* name, napi_callback body) {
    napi_value function = nullptr;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, body, nullptr, &function);
    napi_set_named_property(env, exports, name, function);
  };
  add("interpolate", interpolate);
  add("mixRows", mixRows);
}

}  // namespace affectlab
