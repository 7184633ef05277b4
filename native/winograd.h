#pragma once

#include <string>

namespace affectlab {

// Whether this processor has the vectors that they are computed with.
bool hasWinogradOps();

// Registers them with TensorFlow where it has. Empty, or why that failed. Once a process.
std::string registerWinogradOps();

}  // namespace affectlab
