// Work on all cores by threads that stay: a thread made for each call takes longer than many a kernel's pass.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace affectlab {

// What `Cores` is to do meanwhile: nothing, or to expect the next work within microseconds, which sleeping threads
// would come too late for.
enum class Then { kSleep, kStayAwake };

class Cores {
 public:
  // The process' own. Never taken down: its threads may outlast everything else at the process' end.
  static Cores& shared() {
    static Cores* const cores = new Cores();
    return *cores;
  }

  // Runs work(0) ... work(count - 1), each once, on whatever core is free, and waits for all. What does the work must
  // not depend on the order. It must not throw.
  template <typename Work>
  void run(int64_t count, const Work& work, Then then = Then::kSleep) {
    std::unique_lock<std::mutex> alone(oneAtATime_, std::try_to_lock);
    if (count <= 1 || !alone.owns_lock() || !start()) {
      for (int64_t index = 0; index < count; index++) work(index);
      return;
    }
    const Job job = {[](const void* of, int64_t index) { (*static_cast<const Work*>(of))(index); }, &work, count};
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      job_ = &job;
      then_ = then;
      next_.store(0);
      calls_.fetch_add(1);
    }
    called_.notify_all();
    takePart(job);
    std::unique_lock<std::mutex> lock(mutex_);
    job_ = nullptr;
    left_.wait(lock, [this] { return taking_ == 0; });
  }

 private:
  struct Job {
    void (*work)(const void*, int64_t);
    const void* of;
    int64_t count;
  };

  void takePart(const Job& job) {
    for (int64_t index = next_.fetch_add(1); index < job.count; index = next_.fetch_add(1)) job.work(job.of, index);
  }

  // Whether there is a thread besides the caller's.
  bool start() {
    if (isStarted_) return helpers_ > 0;
    isStarted_ = true;
    const int64_t cores = std::thread::hardware_concurrency();
    try {
      for (; helpers_ + 1 < cores; helpers_++) std::thread([this] { help(); }).detach();
    } catch (...) {
      // No more threads to be had.
    }
    return helpers_ > 0;
  }

  void help() {
    uint64_t seen = 0;
    Then then = Then::kSleep;
    for (;;) {
      if (then == Then::kStayAwake) awaitCall(seen);
      std::unique_lock<std::mutex> lock(mutex_);
      called_.wait(lock, [&] { return calls_.load() != seen; });
      seen = calls_.load();
      then = then_;
      const Job* job = job_;
      if (job == nullptr) continue; // it is done already
      taking_++;
      lock.unlock();
      takePart(*job);
      lock.lock();
      if (--taking_ == 0) left_.notify_one();
    }
  }

  // Returns at the next call, or after a tenth of a millisecond.
  void awaitCall(uint64_t seen) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(100);
    while (calls_.load() == seen && std::chrono::steady_clock::now() < until) {
    }
  }

  std::mutex oneAtATime_, mutex_;
  std::condition_variable called_, left_;
  const Job* job_ = nullptr;
  Then then_ = Then::kSleep;
  int64_t helpers_ = 0, taking_ = 0;
  bool isStarted_ = false;
  std::atomic<int64_t> next_{0};
  std::atomic<uint64_t> calls_{0};
};

}  // namespace affectlab
