// The instruction sets that loops are compiled for, once each into one addon, and the choice among them as it runs.
#pragma once

#include <atomic>

#if defined(__x86_64__)
#define AFFECTLAB_AVX2 __attribute__((target("avx2,fma")))
#define AFFECTLAB_AVX512 __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")))

#endif

namespace affectlab {

enum class Instructions { plain, avx2, avx512 };

// The best set that this processor has.
inline Instructions bestInstructions() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool hasAvx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool hasAvx512 = hasAvx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (hasAvx512) return Instructions::avx512;
  if (hasAvx2) return Instructions::avx2;
#endif
  return Instructions::plain;
}

// The set whose loops run: the best, unless a test has asked for another (`useInstructions` in lstm.cc).
inline std::atomic<Instructions>& instructions() {
  static std::atomic<Instructions> chosen{bestInstructions()};
  return chosen;
}

// Defines `name(const Arguments&)`: `body`, forced inline, compiled once for each instruction set.
#if defined(__x86_64__)
#define AFFECTLAB_LOOP(name, Arguments, body)                                    \
  void name##Plain(const Arguments& arguments) { body(arguments); }              \
  AFFECTLAB_AVX2 void name##Avx2(const Arguments& arguments) { body(arguments); } \
  AFFECTLAB_AVX512 void name##Avx512(const Arguments& arguments) { body(arguments); } \
  void name(const Arguments& arguments) {                                        \
    switch (instructions().load()) {                                             \
      case Instructions::avx512:                                                 \
        return name##Avx512(arguments);                                          \
      case Instructions::avx2:                                                   \
        return name##Avx2(arguments);                                            \
      default:                                                                   \
        return name##Plain(arguments);                                           \
    }                                                                            \
  }
#else
#define AFFECTLAB_LOOP(name, Arguments, body) \
  void name(const Arguments& arguments) { body(arguments); }
#endif

// Of loops that are compiled once for each instruction set, those that are to run.
template <typename Loops>
const Loops& fastest(const Loops& plain, const Loops& avx2, const Loops& avx512) {
  const Instructions set = instructions();
  return set == Instructions::avx512 ? avx512 : set == Instructions::avx2 ? avx2 : plain;
}

}  // namespace affectlab
