// The processor's matrix tiles (Intel AMX): eight registers of 16 rows of 64 bytes, and the product of two of them in bf16.
#pragma once

#if defined(__x86_64__) && __has_include(<amxbf16intrin.h>)
#define AFFECTLAB_HAS_TILES 1
#define AFFECTLAB_TILES \
  __attribute__((target("amx-tile,amx-bf16,avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,prfchw")))

#include <cpuid.h>
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace affectlab {

constexpr int64_t kTileRows = 16;
constexpr int64_t kTileHalves = 32;  // bf16 numbers of a row
constexpr int64_t kTileNumbers = kTileRows * kTileHalves;
constexpr int64_t kTileSums = kTileRows * kTileRows;  // float32 numbers of a tile

// Whether processor and operating system have them; asks Linux for their use, once a process.
inline bool hasTiles() {
  static const bool answer = [] {
    unsigned a = 0, b = 0, c = 0, d = 0, plain = 0;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
    const bool isThere = (d >> 22 & 1) != 0 && (d >> 24 & 1) != 0;  // amx-bf16, amx-tile
    if (!isThere || __get_cpuid_count(7, 1, &plain, &b, &c, &d) == 0 || (plain >> 5 & 1) == 0) return false;  // avx512_bf16
    constexpr long requestPermission = 0x1023, tileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
    return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
  }();
  return answer;
}

// What the processor is told of the eight: palette, first row, bytes of a row, rows.
struct TileConfiguration {
  uint8_t palette, startRow, reserved[14];
  uint16_t rowBytes[16];
  uint8_t rows[16];
};
inline constexpr TileConfiguration kWholeTiles = {
    1, 0, {}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};

// This thread's tiles, all eight of full size, for as long as it lives.
class Tiles {
 public:
  AFFECTLAB_TILES Tiles() { _tile_loadconfig(&kWholeTiles); }
  AFFECTLAB_TILES ~Tiles() { _tile_release(); }
  Tiles(const Tiles&) = delete;
  Tiles& operator=(const Tiles&) = delete;
};

// To be called between writing what tiles are loaded from and loading them: compilers do not see that these read memory.
inline void beforeTiles() { std::atomic_signal_fence(std::memory_order_seq_cst); }

// The first `many` tiles as float32 numbers in memory, `next` apart, their rows following each other.
template <int many>
AFFECTLAB_TILES inline void loadSums(const float* from, int64_t next) {
  constexpr int64_t bytes = kTileRows * sizeof(float);
  _tile_loadd(0, from, bytes);
  if constexpr (many > 1) _tile_loadd(1, from + next, bytes);
  if constexpr (many > 2) _tile_loadd(2, from + 2 * next, bytes);
  if constexpr (many > 3) _tile_loadd(3, from + 3 * next, bytes);
  if constexpr (many > 4) _tile_loadd(4, from + 4 * next, bytes);
}
template <int many>
AFFECTLAB_TILES inline void storeSums(float* to, int64_t next) {
  constexpr int64_t bytes = kTileRows * sizeof(float);
  _tile_stored(0, to, bytes);
  if constexpr (many > 1) _tile_stored(1, to + next, bytes);
  if constexpr (many > 2) _tile_stored(2, to + 2 * next, bytes);
  if constexpr (many > 3) _tile_stored(3, to + 3 * next, bytes);
  if constexpr (many > 4) _tile_stored(4, to + 4 * next, bytes);
}

}  // namespace affectlab
#endif
