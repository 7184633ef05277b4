// Gradients of a kernel, summed over the clips of a batch on all cores, with the same result on any number of them.
#pragma once

#include "op.h"

namespace affectlab {

// Sums of `count` numbers over a batch: clips in groups, whatever the number of cores, and the groups in their order.
class ClipGroups {
 public:
  ClipGroups(int64_t batch, int64_t count)
      : batch_(batch), groups_(std::min<int64_t>(8, batch)), count_(count), sums_(groups_ * count) {}

  // Runs work(first clip, last clip, the group's own sums) for each group, on whatever core is free.
  template <typename Work>
  void run(const Work& work) {
    Cores::shared().run(groups_, [&](int64_t group) {
      work(group * batch_ / groups_, (group + 1) * batch_ / groups_, sums_.data() + group * count_);
    });
  }

  std::vector<float> total() const {
    std::vector<float> total(count_);
    divideWork(count_, kFewestNumbers, [&](int64_t, int64_t first, int64_t last) {
      for (int64_t group = 0; group < groups_; group++)
        for (int64_t i = first; i < last; i++) total[i] += sums_[group * count_ + i];
    });
    return total;
  }

 private:
  int64_t batch_, groups_, count_;
  std::vector<float> sums_;
};

}  // namespace affectlab
