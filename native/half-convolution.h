#pragma once

#include <string>

namespace affectlab {

// Whether this processor has what they are computed with.
bool hasHalfConvolutionOps();

// Registers them with TensorFlow where it has. Empty, or why that failed. Once a process.
std::string registerHalfConvolutionOps();

}  // namespace affectlab
