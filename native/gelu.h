// What GELU and its gradient are made of.
#pragma once

#include "lstm-steps.h"

namespace affectlab {

// 1 + erf u, and e^(-u^2), which both need: Abramowitz and Stegun 7.1.26, off by 1.5e-7 at most. The tail is computed
// itself and not as 1 minus nearly 1.
AFFECTLAB_INLINE void gateOf(const Vector& u, Vector& gate, Vector& bell) {
  const Vector square = u * u;
  exponential(-square, bell);
  bell = square > 20.0f ? Vector{} : bell;  // below 2e-9, and where `exponential` ends
  const Vector size = u < 0.0f ? -u : u;
  const Vector t = 1.0f / (size * 0.3275911f + 1.0f);
  Vector tail = t * 1.061405429f - 1.453152027f;
  tail = tail * t + 1.421413741f;
  tail = tail * t - 0.284496736f;
  tail = tail * t + 0.254829592f;
  tail = tail * t * bell;  // 1 - erf |u|
  gate = u < 0.0f ? tail : 2.0f - tail;
}

}  // namespace affectlab
