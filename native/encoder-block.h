#pragma once

#include <string>

namespace affectlab {

// Registers the ops of encoder-block.cc with TensorFlow. Empty, or why that failed. Once a process.
std::string registerEncoderBlockOps();

}  // namespace affectlab
