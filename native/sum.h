#pragma once

#include <string>

namespace affectlab {

// Registers the op of sum.cc with TensorFlow. Empty, or why that failed. Once a process.
std::string registerSumOps();

}  // namespace affectlab
