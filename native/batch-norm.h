#pragma once

#include <string>

namespace affectlab {

// Registers the ops of batch-norm.cc with TensorFlow. Empty, or why that failed. Once a process.
std::string registerBatchNormOps();

}  // namespace affectlab
