#pragma once

#include <string>

namespace affectlab {

// Registers the op of convolution.cc with TensorFlow. Empty, or why that failed. Once a process.
std::string registerConvolutionOps();

}  // namespace affectlab
