/* Generated from the contracts by Tools/generate; not to be edited. */
#pragma once

#include <stddef.h>
#include <stdint.h>

const uint8_t *_Nonnull CSampleContracts_file_descriptor_set(void);
size_t CSampleContracts_file_descriptor_set_size(void);

const void *_Nonnull huleedu_sample_v1_Sample(void);
const void *_Nonnull huleedu_sample_v1_Sample_Nested(void);
