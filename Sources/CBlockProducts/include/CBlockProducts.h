// The one loop of the judgement core that is worth more than the two numbers at a time for which Swift compiles everything: Swift has no
// functions for some processors only, C has.

#ifndef HULEEDU_CBLOCKPRODUCTS_H
#define HULEEDU_CBLOCKPRODUCTS_H

#include <stddef.h>

/// Sums of products of four rows with eight others.
///
/// Each sum has four parts, of every fourth product in ascending order, which are added as (0 + 1) + (2 + 3), each product being fused
/// with its sum and rounded once: the same to the bit on every processor, however many numbers it deals with at a time. One that
/// cannot fuse is slow.
///
/// - left: four rows, left_stride numbers apart.
/// - right: eight rows, right_stride numbers apart.
/// - count: numbers in each row to take, a multiple of four.
/// - sums: room for 4 x 8 numbers, by the row on the left.
void huleedu_block_products(
    const double *left, size_t left_stride, const double *right, size_t right_stride, size_t count, double *sums);

/// The most numbers that this processor deals with at a time: 8, 4, or 1 where it is left to the compiler.
size_t huleedu_block_products_width(void);

/// The same with so many numbers at a time, for tests: 1, 4 or 8, and no more than this processor can.
void huleedu_block_products_by(
    size_t width, const double *left, size_t left_stride, const double *right, size_t right_stride, size_t count, double *sums);

#endif
