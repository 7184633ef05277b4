// Memory that a kernel computes in.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

namespace affectlab {

// Memory that begins with a cache line, as wide vectors and the rows of matrix tiles are; it may stay for a thread's next
// call.
template <typename Number>
class Room {
 public:
  Number* of(int64_t count) {
    if (count > count_) {
      const int64_t bytes = (count * static_cast<int64_t>(sizeof(Number)) + kLineBytes - 1) / kLineBytes * kLineBytes;
      numbers_.reset(static_cast<Number*>(std::aligned_alloc(kLineBytes, bytes)));
      if (numbers_ == nullptr) throw std::bad_alloc();
      std::fill_n(numbers_.get(), count, Number{0});
      count_ = count;
    }
    return numbers_.get();
  }

 private:
  static constexpr int64_t kLineBytes = 64;
  struct Free {
    void operator()(Number* numbers) const { std::free(numbers); }
  };
  std::unique_ptr<Number, Free> numbers_;
  int64_t count_ = 0;
};

}  // namespace affectlab
