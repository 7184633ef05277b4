#pragma once

#include <string>

namespace affectlab {

// Registers the ops of transformer.cc with TensorFlow. Empty, or why that failed. Once a process.
std::string registerTransformerOps();

}  // namespace affectlab
