#include "CVectorMath.h"

#define LEFT_ROWS 4
#define RIGHT_ROWS 8

/// Four numbers side by side, wherever they stand.
typedef double four __attribute__((vector_size(4 * sizeof(double)), aligned(sizeof(double))));

/// All four rows with so many of the others at a time that the sums stay in registers.
static inline __attribute__((always_inline)) void products(
    const double *left, size_t left_stride, const double *right, size_t right_stride, size_t count, double *sums,
    const size_t at_a_time)
{
    for (size_t first = 0; first < RIGHT_ROWS; first += at_a_time) {
        four parts[LEFT_ROWS][2] = {{{0}}};
        for (size_t place = 0; place < count; place += 4) {
            for (size_t other = 0; other < at_a_time; other++) {
                const four factor = *(const four *)(right + (first + other) * right_stride + place);
                for (size_t row = 0; row < LEFT_ROWS; row++) {
                    const four own = *(const four *)(left + row * left_stride + place);
                    parts[row][other] = __builtin_elementwise_fma(own, factor, parts[row][other]);
                }
            }
        }
        for (size_t row = 0; row < LEFT_ROWS; row++) {
            for (size_t other = 0; other < at_a_time; other++) {
                const four part = parts[row][other];
                sums[row * RIGHT_ROWS + first + other] = (part[0] + part[1]) + (part[2] + part[3]);
            }
        }
    }
}

static void products_by_ones(
    const double *left, size_t left_stride, const double *right, size_t right_stride, size_t count, double *sums)
{
    products(left, left_stride, right, right_stride, count, sums, 1);
}

#if defined(__x86_64__)

/// The fours of two rows side by side.
typedef double eight __attribute__((vector_size(8 * sizeof(double))));

/// All four rows with all of the others at a time, two of these side by side.
__attribute__((target("avx512f,avx512vl"))) static void products_by_eights(
    const double *left, size_t left_stride, const double *right, size_t right_stride, size_t count, double *sums)
{
    eight parts[LEFT_ROWS][RIGHT_ROWS / 2] = {{{0}}};
    for (size_t place = 0; place < count; place += 4) {
        eight factors[RIGHT_ROWS / 2];
        for (size_t other = 0; other < RIGHT_ROWS / 2; other++) {
            const four *even = (const four *)(right + 2 * other * right_stride + place);
            const four *odd = (const four *)(right + (2 * other + 1) * right_stride + place);
            factors[other] = __builtin_shufflevector(*even, *odd, 0, 1, 2, 3, 4, 5, 6, 7);
        }
        for (size_t row = 0; row < LEFT_ROWS; row++) {
            const four once = *(const four *)(left + row * left_stride + place);
            const eight own = __builtin_shufflevector(once, once, 0, 1, 2, 3, 0, 1, 2, 3);
            for (size_t other = 0; other < RIGHT_ROWS / 2; other++) {
                parts[row][other] = __builtin_elementwise_fma(own, factors[other], parts[row][other]);
            }
        }
    }
    for (size_t row = 0; row < LEFT_ROWS; row++) {
        for (size_t other = 0; other < RIGHT_ROWS / 2; other++) {
            const eight part = parts[row][other];
            sums[row * RIGHT_ROWS + 2 * other] = (part[0] + part[1]) + (part[2] + part[3]);
            sums[row * RIGHT_ROWS + 2 * other + 1] = (part[4] + part[5]) + (part[6] + part[7]);
        }
    }
}

__attribute__((target("avx2,fma"))) static void products_by_fours(
    const double *left, size_t left_stride, const double *right, size_t right_stride, size_t count, double *sums)
{
    products(left, left_stride, right, right_stride, count, sums, 2);
}

void huleedu_block_products_by(
    size_t width, const double *left, size_t left_stride, const double *right, size_t right_stride, size_t count, double *sums)
{
    switch (width) {
    case 8: products_by_eights(left, left_stride, right, right_stride, count, sums); break;
    case 4: products_by_fours(left, left_stride, right, right_stride, count, sums); break;
    default: products_by_ones(left, left_stride, right, right_stride, count, sums);
    }
}

#else

void huleedu_block_products_by(
    size_t width, const double *left, size_t left_stride, const double *right, size_t right_stride, size_t count, double *sums)
{
    products_by_ones(left, left_stride, right, right_stride, count, sums);
}

#endif

void huleedu_block_products(
    const double *left, size_t left_stride, const double *right, size_t right_stride, size_t count, double *sums)
{
    huleedu_block_products_by(huleedu_vector_width(), left, left_stride, right, right_stride, count, sums);
}
