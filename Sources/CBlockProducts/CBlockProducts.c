#include "CBlockProducts.h"

#pragma STDC FP_CONTRACT OFF

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
                    parts[row][other] += *(const four *)(left + row * left_stride + place) * factor;
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

void huleedu_block_products_portable(
    const double *left, size_t left_stride, const double *right, size_t right_stride, size_t count, double *sums)
{
    products(left, left_stride, right, right_stride, count, sums, 1);
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) static void products_by_fours(
    const double *left, size_t left_stride, const double *right, size_t right_stride, size_t count, double *sums)
{
    products(left, left_stride, right, right_stride, count, sums, 2);
}

void huleedu_block_products(
    const double *left, size_t left_stride, const double *right, size_t right_stride, size_t count, double *sums)
{
    if (__builtin_cpu_supports("avx2")) {
        products_by_fours(left, left_stride, right, right_stride, count, sums);
    } else {
        huleedu_block_products_portable(left, left_stride, right, right_stride, count, sums);
    }
}

#else

void huleedu_block_products(
    const double *left, size_t left_stride, const double *right, size_t right_stride, size_t count, double *sums)
{
    huleedu_block_products_portable(left, left_stride, right, right_stride, count, sums);
}

#endif
