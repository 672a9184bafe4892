#include "CVectorMath.h"

#include <stdint.h>

// A processor that can fuse would round otherwise than one that cannot.
#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

typedef double eight __attribute__((vector_size(8 * sizeof(double)), aligned(sizeof(double))));
typedef int64_t eight_integers __attribute__((vector_size(8 * sizeof(int64_t)), aligned(sizeof(int64_t))));

/// e to the power of x = k ln 2 + r with |r| <= ln 2 / 2: the Taylor series of the power of r up to the 13th, in an order in which few terms
/// wait for one another (G. Estrin 1960).
INLINE eight exponential(eight x)
{
    // Adding 1.5 x 2^52 leaves the nearest integer k in the low bits.
    const eight shifted = x * 0x1.71547652b82fep0 + 0x1.8p52;
    const eight k = shifted - 0x1.8p52;
    // ln 2 in two parts; the first has 32 trailing zero bits, so that its product with k is exact.
    const eight r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;
    const eight r2 = r * r;
    const eight r4 = r2 * r2;
    const eight low = (r * (1.0 / 6) + 0.5) + (r * (1.0 / 120) + 1.0 / 24) * r2;
    const eight middle = (r * (1.0 / 5040) + 1.0 / 720) + (r * (1.0 / 362880) + 1.0 / 40320) * r2;
    const eight high = (r * (1.0 / 39916800) + 1.0 / 3628800) + (r * (1.0 / 6227020800) + 1.0 / 479001600) * r2;
    const eight series = low + r4 * (middle + r4 * high);
    const eight_integers power = ((eight_integers)shifted + 1023) << 52;
    return ((r + r2 * series) + 1) * (eight)power;
}

INLINE eight logistic(eight x)
{
    return 1 / (exponential(-x) + 1);
}

/// ln(1 + x) = 2 artanh(x / (2 + x)) by its series, whose argument is a third at most; what is left out of it is below 10^-17.
INLINE eight log_one_plus(eight x)
{
    const eight s = x / (x + 2);
    const eight square = s * s;
    eight series = square * 0 + 1.0 / 33;
    for (int odd = 31; odd >= 3; odd -= 2) {
        series = series * square + 1.0 / odd;
    }
    return 2 * (s + s * square * series);
}

INLINE void apply(enum huleedu_function function, double *numbers, size_t count)
{
    for (size_t place = 0; place < count; place += 8) {
        eight *here = (eight *)(numbers + place);
        switch (function) {
        case huleedu_exponential: *here = exponential(*here); break;
        case huleedu_logistic: *here = logistic(*here); break;
        case huleedu_log_one_plus: *here = log_one_plus(*here); break;
        }
    }
}

static void apply_by_ones(enum huleedu_function function, double *numbers, size_t count)
{
    apply(function, numbers, count);
}

#if defined(__x86_64__)

__attribute__((target("avx512f,avx512vl"))) static void apply_by_eights(
    enum huleedu_function function, double *numbers, size_t count)
{
    apply(function, numbers, count);
}

__attribute__((target("avx2"))) static void apply_by_fours(enum huleedu_function function, double *numbers, size_t count)
{
    apply(function, numbers, count);
}

void huleedu_apply_by(size_t width, enum huleedu_function function, double *numbers, size_t count)
{
    switch (width) {
    case 8: apply_by_eights(function, numbers, count); break;
    case 4: apply_by_fours(function, numbers, count); break;
    default: apply_by_ones(function, numbers, count);
    }
}

#else

void huleedu_apply_by(size_t width, enum huleedu_function function, double *numbers, size_t count)
{
    apply_by_ones(function, numbers, count);
}

#endif

void huleedu_apply(enum huleedu_function function, double *numbers, size_t count)
{
    huleedu_apply_by(huleedu_vector_width(), function, numbers, count);
}
