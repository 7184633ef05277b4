// The recurrent part of an LSTM, one direction over some rows of a batch: forward and back through time.
//
// What does not depend on the state (x times the input weights) is one large matrix product outside. What is left in
// each frame is a small product, [rows, units] x [units, 4 x units], and the gates. The product is blocked so that its
// sums stay in registers and the weights in the first cache; the gates are made of the sums before they leave.
//
// Vectors are the compiler's own (vector_size): the same source serves AVX-512, AVX2, SSE and ARM. Everything is
// forced inline into the functions that lstm.cc compiles once for each instruction set.
#pragma once

#include <cstdint>
#include <cstring>
#include <vector>

namespace affectlab {

constexpr int kLanes = 16;
typedef float Vector __attribute__((vector_size(4 * kLanes), aligned(4)));
typedef int32_t Integers __attribute__((vector_size(4 * kLanes), aligned(4)));

#define AFFECTLAB_INLINE static inline __attribute__((always_inline))

AFFECTLAB_INLINE Vector& at(float* p) { return *reinterpret_cast<Vector*>(p); }
AFFECTLAB_INLINE const Vector& at(const float* p) { return *reinterpret_cast<const Vector*>(p); }

// e^x to two units in the last place; x is cut to +-limit: at 20 a sigmoid is 0 or 1 in all digits that float32 has
// beside 1, at 87 float32 ends. (Cephes' expf: reduced by multiples of ln 2, then a polynomial.)
AFFECTLAB_INLINE void exponential(const Vector& input, Vector& result, float limit = 20.0f) {
  const Vector high = Vector{} + limit, low = Vector{} - limit;
  Vector x = input > high ? high : input;
  x = x < low ? low : x;
  const float magic = 12582912.0f;  // adding it rounds to a whole number
  const Vector shifted = x * 1.44269504088896341f + magic;
  const Vector n = shifted - magic;
  const Vector r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  Vector p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  const Integers scale = (__builtin_convertvector(n, Integers) + 127) << 23;
  Vector power;
  std::memcpy(&power, &scale, sizeof power);
  result = p * power;
}

typedef float HalfVector __attribute__((vector_size(2 * kLanes), aligned(4)));
typedef float QuarterVector __attribute__((vector_size(kLanes), aligned(4)));

// All lanes in one, in pairs: the first half with the second, then the quarters.
AFFECTLAB_INLINE float sumOf(const Vector& v) {
  HalfVector halves[2];
  std::memcpy(halves, &v, sizeof v);
  const HalfVector half = halves[0] + halves[1];
  QuarterVector quarters[2];
  std::memcpy(quarters, &half, sizeof half);
  const QuarterVector q = quarters[0] + quarters[1];
  return (q[0] + q[2]) + (q[1] + q[3]);
}
AFFECTLAB_INLINE float largestOf(const Vector& v) {
  HalfVector halves[2];
  std::memcpy(halves, &v, sizeof v);
  const HalfVector half = halves[0] > halves[1] ? halves[0] : halves[1];
  QuarterVector quarters[2];
  std::memcpy(quarters, &half, sizeof half);
  const QuarterVector q = quarters[0] > quarters[1] ? quarters[0] : quarters[1];
  const float a = q[0] > q[2] ? q[0] : q[2], b = q[1] > q[3] ? q[1] : q[3];
  return a > b ? a : b;
}

AFFECTLAB_INLINE void hyperbolicTangent(const Vector& x, Vector& result) {
  Vector e;
  exponential(x + x, e);
  result = 1.0f - 2.0f / (e + 1.0f);
}

// Gates from their sums: sigmoid, sigmoid, tanh, sigmoid. Four quotients by one division, which is the slow part.
AFFECTLAB_INLINE void activate(Vector& i, Vector& f, Vector& g, Vector& o) {
  Vector a, b, c, d;
  exponential(-i, a);
  exponential(-f, b);
  exponential(g + g, c);
  exponential(-o, d);
  a += 1.0f;
  b += 1.0f;
  c += 1.0f;
  d += 1.0f;
  const Vector ab = a * b, cd = c * d;
  const Vector inverse = 1.0f / (ab * cd);
  const Vector inverseAb = inverse * cd, inverseCd = inverse * ab;
  i = inverseAb * b;
  f = inverseAb * a;
  g = 1.0f - 2.0f * (inverseCd * d);
  o = inverseCd * c;
}

// Where one direction finds its numbers. A row of the batch is [frames, width]; strides count floats.
struct Sequence {
  int64_t frames, units, firstRow, lastRow;
  bool isBackward;
  // [batch, frames, 2 directions x 4 gates x units] and [batch, frames, 2 directions x units], moved to this direction.
  int64_t gateStride() const { return 8 * units; }
  int64_t unitStride() const { return 2 * units; }
  int64_t gatesAt(int64_t row, int64_t frame) const { return (row * frames + frame) * gateStride(); }
  int64_t unitsAt(int64_t row, int64_t frame) const { return (row * frames + frame) * unitStride(); }
  int64_t frameOf(int64_t step) const { return isBackward ? frames - 1 - step : step; }
};

struct ForwardArguments {
  Sequence sequence;
  const float *projected, *mask, *recurrent, *bias;
  float *hidden, *gates, *cell;
};

// One block of 16 units for `Rows` rows of the batch.
template <int Rows>
AFFECTLAB_INLINE void forwardTile(const ForwardArguments& a, int64_t row, int64_t frame, int64_t nextFrame,
                                  int64_t unit, const float* weights, const float* before, float* after,
                                  float* state) {
  const Sequence& s = a.sequence;
  const int64_t units = s.units;
  Vector sums[Rows][4];
  for (int r = 0; r < Rows; r++) {
    const int64_t here = s.gatesAt(row + r, frame) + unit, next = s.gatesAt(row + r, nextFrame) + unit;
    for (int gate = 0; gate < 4; gate++) {
      sums[r][gate] = at(a.projected + here + gate * units) + at(a.bias + gate * units + unit);
      __builtin_prefetch(a.projected + next + gate * units);
    }
  }
  const float* own = before + (row - s.firstRow) * units;
  for (int64_t k = 0; k < units; k++) {
    const float* w = weights + k * 4 * kLanes;
    const Vector w0 = at(w), w1 = at(w + kLanes), w2 = at(w + 2 * kLanes), w3 = at(w + 3 * kLanes);
    for (int r = 0; r < Rows; r++) {
      const float h = own[r * units + k];
      sums[r][0] += h * w0;
      sums[r][1] += h * w1;
      sums[r][2] += h * w2;
      sums[r][3] += h * w3;
    }
  }
  for (int r = 0; r < Rows; r++) {
    Vector &i = sums[r][0], &f = sums[r][1], &g = sums[r][2], &o = sums[r][3];
    activate(i, f, g, o);
    const float isRecorded = a.mask[(row + r) * s.frames + frame];
    i = i * isRecorded;
    f = f * isRecorded + (1.0f - isRecorded);
    float* cell = state + (row - s.firstRow + r) * units + unit;
    const Vector c = f * at(cell) + i * g;
    Vector t;
    hyperbolicTangent(c, t);
    const Vector h = o * t;
    at(cell) = c;
    at(after + (row - s.firstRow + r) * units + unit) = h;
    const int64_t gatesHere = s.gatesAt(row + r, frame) + unit, unitsHere = s.unitsAt(row + r, frame) + unit;
    at(a.gates + gatesHere) = i;
    at(a.gates + gatesHere + units) = f;
    at(a.gates + gatesHere + 2 * units) = g;
    at(a.gates + gatesHere + 3 * units) = o;
    at(a.cell + unitsHere) = c;
    at(a.hidden + unitsHere) = h;
  }
}

template <int Rows>
AFFECTLAB_INLINE void runForward(const ForwardArguments& a) {
  const Sequence& s = a.sequence;
  const int64_t units = s.units, rows = s.lastRow - s.firstRow;
  // Weights by block of units, then row, then gate: what a tile reads lies together.
  std::vector<float> weights(units * 4 * units);
  float* to = weights.data();
  for (int64_t unit = 0; unit < units; unit += kLanes)
    for (int64_t k = 0; k < units; k++)
      for (int gate = 0; gate < 4; gate++, to += kLanes)
        std::memcpy(to, a.recurrent + (k * 4 + gate) * units + unit, kLanes * sizeof(float));
  std::vector<float> state(rows * units), before(rows * units), after(rows * units);
  for (int64_t step = 0; step < s.frames; step++) {
    const int64_t frame = s.frameOf(step), next = s.frameOf(step + 1 < s.frames ? step + 1 : step);
    for (int64_t unit = 0; unit < units; unit += kLanes) {
      const float* block = weights.data() + unit * 4 * units;
      int64_t row = s.firstRow;
      for (; row + Rows <= s.lastRow; row += Rows)
        forwardTile<Rows>(a, row, frame, next, unit, block, before.data(), after.data(), state.data());
      for (; row < s.lastRow; row++)
        forwardTile<1>(a, row, frame, next, unit, block, before.data(), after.data(), state.data());
    }
    before.swap(after);
  }
}

struct BackwardArguments {
  Sequence sequence;
  const float *hiddenGrad, *gates, *cell, *hidden, *recurrent;
  float* projectedGrad;
  // Sums over these rows and all frames: [units, 4 x units] and [4 x units], to be zero at first.
  float *recurrentGrad, *biasGrad;
};

// sums [Rows, Vectors] += left [Rows, depth] x right [depth, Vectors].
template <int Rows, int Vectors>
AFFECTLAB_INLINE void product(const float* left, int64_t leftRow, int64_t leftColumn, const float* right,
                              int64_t rightRow, int64_t depth, Vector (&sums)[Rows][Vectors]) {
  for (int64_t k = 0; k < depth; k++) {
    Vector factors[Vectors];
    for (int v = 0; v < Vectors; v++) factors[v] = at(right + k * rightRow + v * kLanes);
    for (int r = 0; r < Rows; r++) {
      const float x = left[r * leftRow + k * leftColumn];
      for (int v = 0; v < Vectors; v++) sums[r][v] += x * factors[v];
    }
  }
}

// One frame of rows: the gradients of the gates' sums, from the gradient of h and what the next frame hands back.
AFFECTLAB_INLINE void gateGradients(const BackwardArguments& a, int64_t frame, int64_t previous, bool isFirst,
                                    const float* fromNext, float* state, float* gateGrads, float* before) {
  const Sequence& s = a.sequence;
  const int64_t units = s.units;
  for (int64_t row = s.firstRow; row < s.lastRow; row++) {
    const int64_t own = (row - s.firstRow) * units;
    const int64_t gatesHere = s.gatesAt(row, frame), unitsHere = s.unitsAt(row, frame);
    const int64_t gatesNext = s.gatesAt(row, previous), unitsBefore = s.unitsAt(row, previous);
    for (int64_t unit = 0; unit < units; unit += kLanes) {
      const float* gate = a.gates + gatesHere + unit;
      const Vector i = at(gate), f = at(gate + units), g = at(gate + 2 * units), o = at(gate + 3 * units);
      for (int k = 0; k < 4; k++) __builtin_prefetch(a.gates + gatesNext + k * units + unit);
      const Vector dh = at(a.hiddenGrad + unitsHere + unit) + at(fromNext + own + unit);
      Vector t;
      hyperbolicTangent(at(a.cell + unitsHere + unit), t);
      Vector& carried = at(state + own + unit);
      const Vector dc = carried + dh * o * (1.0f - t * t);
      const Vector zero = {};
      const Vector cellBefore = isFirst ? zero : at(a.cell + unitsBefore + unit);
      at(before + own + unit) = isFirst ? zero : at(a.hidden + unitsBefore + unit);
      carried = dc * f;
      const Vector di = dc * g * i * (1.0f - i), df = dc * cellBefore * f * (1.0f - f);
      const Vector dg = dc * i * (1.0f - g * g), d0 = dh * t * o * (1.0f - o);
      float* grad = gateGrads + 4 * own + unit;
      float* out = a.projectedGrad + gatesHere + unit;
      float* bias = a.biasGrad + unit;
      at(grad) = at(out) = di;
      at(grad + units) = at(out + units) = df;
      at(grad + 2 * units) = at(out + 2 * units) = dg;
      at(grad + 3 * units) = at(out + 3 * units) = d0;
      at(bias) += di;
      at(bias + units) += df;
      at(bias + 2 * units) += dg;
      at(bias + 3 * units) += d0;
    }
  }
}

// Rows of result [rows, Vectors] = left [rows, depth] x right, from `row` on while a whole tile is left.
template <int Rows, int Vectors>
AFFECTLAB_INLINE int64_t productRows(int64_t row, int64_t rows, const float* left, const float* right, int64_t depth,
                                     float* result, int64_t resultRow) {
  for (; row + Rows <= rows; row += Rows) {
    Vector sums[Rows][Vectors] = {};
    product<Rows, Vectors>(left + row * depth, depth, 1, right, Vectors * kLanes, depth, sums);
    for (int r = 0; r < Rows; r++)
      for (int v = 0; v < Vectors; v++) at(result + (row + r) * resultRow + v * kLanes) = sums[r][v];
  }
  return row;
}

// Frames whose gate gradients are gathered before they are multiplied with the states: a longer product is a faster one.
constexpr int64_t kGatheredFrames = 8;

// Units have to be a multiple of 16 x Vectors.
template <int Rows, int Vectors>
AFFECTLAB_INLINE void runBackward(const BackwardArguments& a) {
  const Sequence& s = a.sequence;
  const int64_t units = s.units, rows = s.lastRow - s.firstRow, gateWidth = 4 * units;
  constexpr int64_t width = Vectors * kLanes;
  // Transposed weights [4 x units, units], cut into strips of so many columns.
  std::vector<float> weights(gateWidth * units);
  for (int64_t strip = 0; strip < units; strip += width)
    for (int64_t k = 0; k < gateWidth; k++)
      for (int64_t column = 0; column < width; column++)
        weights[strip * gateWidth + k * width + column] = a.recurrent[(strip + column) * gateWidth + k];
  std::vector<float> state(rows * units), fromNext(rows * units);
  std::vector<float> gateGrads(kGatheredFrames * rows * gateWidth), before(kGatheredFrames * rows * units);
  int64_t gathered = 0;
  for (int64_t step = s.frames - 1; step >= 0; step--) {
    const bool isFirst = step == 0;
    float* grads = gateGrads.data() + gathered * rows * gateWidth;
    gateGradients(a, s.frameOf(step), s.frameOf(isFirst ? 0 : step - 1), isFirst, fromNext.data(), state.data(),
                  grads, before.data() + gathered * rows * units);
    gathered++;
    if (!isFirst)
      for (int64_t strip = 0; strip < units; strip += width) {
        const float* right = weights.data() + strip * gateWidth;
        float* result = fromNext.data() + strip;
        const int64_t row = productRows<Rows, Vectors>(0, rows, grads, right, gateWidth, result, units);
        productRows<1, Vectors>(row, rows, grads, right, gateWidth, result, units);
      }
    if (gathered < kGatheredFrames && !isFirst) continue;
    for (int64_t column = 0; column < gateWidth; column += 2 * kLanes)
      for (int64_t unit = 0; unit < units; unit += Rows) {
        Vector sums[Rows][2];
        float* result = a.recurrentGrad + unit * gateWidth + column;
        for (int r = 0; r < Rows; r++)
          for (int v = 0; v < 2; v++) sums[r][v] = at(result + r * gateWidth + v * kLanes);
        product<Rows, 2>(before.data() + unit, 1, units, gateGrads.data() + column, gateWidth, gathered * rows, sums);
        for (int r = 0; r < Rows; r++)
          for (int v = 0; v < 2; v++) at(result + r * gateWidth + v * kLanes) = sums[r][v];
      }
    gathered = 0;
  }
}

}  // namespace affectlab
