// The loops of the judgement core that are worth more than the two numbers at a time for which Swift compiles everything: Swift has no
// functions for some processors only, C has. What they find is the same to the bit on every processor, however many numbers it deals with at
// a time.

#ifndef HULEEDU_CVECTORMATH_H
#define HULEEDU_CVECTORMATH_H

#include <stddef.h>

/// The most numbers that this processor deals with at a time: 8, 4, or 1 where it is left to the compiler.
size_t huleedu_vector_width(void);

/// Sums of products of four rows with eight others.
///
/// Each sum has four parts, of every fourth product in ascending order, which are added as (0 + 1) + (2 + 3), each product being fused
/// with its sum and rounded once. A processor that cannot fuse is slow.
///
/// - left: four rows, left_stride numbers apart.
/// - right: eight rows, right_stride numbers apart.
/// - count: numbers in each row to take, a multiple of four.
/// - sums: room for 4 x 8 numbers, by the row on the left.
void huleedu_block_products(
    const double *left, size_t left_stride, const double *right, size_t right_stride, size_t count, double *sums);

/// The same with so many numbers at a time, for tests: 1, 4 or 8, and no more than this processor can.
void huleedu_block_products_by(
    size_t width, const double *left, size_t left_stride, const double *right, size_t right_stride, size_t count, double *sums);

/// What is done to numbers.
enum huleedu_function {
    /// e to the power of numbers from -600 to 600.
    huleedu_exponential,
    /// 1 / (1 + e to the power of minus x), of numbers from -600 to 600.
    huleedu_logistic,
    /// ln(1 + x), of numbers from 0 to 1.
    huleedu_log_one_plus
};

/// Puts a function's values in the place of numbers, whose count is a multiple of eight. Nothing is fused.
void huleedu_apply(enum huleedu_function function, double *numbers, size_t count);

/// The same with so many numbers at a time, for tests: 1, 4 or 8, and no more than this processor can.
void huleedu_apply_by(size_t width, enum huleedu_function function, double *numbers, size_t count);

#endif
