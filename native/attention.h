#pragma once

#include <string>

namespace affectlab {

// Registers the ops of attention.cc with TensorFlow. Empty, or why that failed. Once a process.
std::string registerAttentionOps();

}  // namespace affectlab
