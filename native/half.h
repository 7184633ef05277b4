// bf16 numbers, the upper halves of float32 ones: loaded into vectors of float32, and stored from them.
#pragma once

#include "lstm-steps.h"

namespace affectlab {

typedef uint16_t Half;
typedef uint16_t Halves __attribute__((vector_size(2 * kLanes), aligned(2)));
typedef uint32_t Words __attribute__((vector_size(4 * kLanes), aligned(4)));

AFFECTLAB_INLINE void load(const float* p, Vector& v) { v = at(p); }
AFFECTLAB_INLINE void store(float* p, const Vector& v) { at(p) = v; }
AFFECTLAB_INLINE void load(const Half* p, Vector& v) {
  Halves halves;
  std::memcpy(&halves, p, sizeof halves);
  const Words words = __builtin_convertvector(halves, Words) << 16;
  std::memcpy(&v, &words, sizeof v);
}
// Rounded to nearest, ties to even. (A NaN whose digits would carry into its sign is none that TensorFlow makes.)
AFFECTLAB_INLINE void store(Half* p, const Vector& v) {
  Words words;
  std::memcpy(&words, &v, sizeof words);
  words += 0x7fffu + ((words >> 16) & 1u);
  const Halves halves = __builtin_convertvector(words >> 16, Halves);
  std::memcpy(p, &halves, sizeof halves);
}

}  // namespace affectlab
