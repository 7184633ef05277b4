#pragma once

#include <string>

namespace affectlab {

// Registers the op of optimiser.cc with TensorFlow. Empty, or why that failed. Once a process.
std::string registerOptimiserOps();

}  // namespace affectlab
