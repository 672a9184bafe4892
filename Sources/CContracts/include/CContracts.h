/* Generated from the contracts by Tools/generate; not to be edited. */
#pragma once

#include <stddef.h>
#include <stdint.h>

const uint8_t *_Nonnull CContracts_file_descriptor_set(void);
size_t CContracts_file_descriptor_set_size(void);

const void *_Nonnull huleedu_cj_v1_Essay(void);
const void *_Nonnull huleedu_cj_v1_UploadEssaysRequest(void);
const void *_Nonnull huleedu_cj_v1_UploadEssaysResponse(void);
const void *_Nonnull huleedu_cj_v1_StartAssessmentRequest(void);
const void *_Nonnull huleedu_cj_v1_JudgeSettings(void);
const void *_Nonnull huleedu_cj_v1_StoppingSettings(void);
const void *_Nonnull huleedu_cj_v1_EstimateAssessmentResponse(void);
const void *_Nonnull huleedu_cj_v1_StartAssessmentResponse(void);
const void *_Nonnull huleedu_cj_v1_GetAssessmentRequest(void);
const void *_Nonnull huleedu_cj_v1_GetAssessmentResponse(void);
const void *_Nonnull huleedu_cj_v1_GoalProgress(void);
const void *_Nonnull huleedu_cj_v1_AnchorCheck(void);
const void *_Nonnull huleedu_cj_v1_CheckedAnchor(void);
const void *_Nonnull huleedu_cj_v1_SuspectEssay(void);
const void *_Nonnull huleedu_cj_v1_InstructionAttempt(void);
const void *_Nonnull huleedu_cj_v1_GradingNote(void);
const void *_Nonnull huleedu_cj_v1_ExcludedEssay(void);
const void *_Nonnull huleedu_cj_v1_CutScore(void);
const void *_Nonnull huleedu_cj_v1_WatchAssessmentRequest(void);
const void *_Nonnull huleedu_cj_v1_WatchAssessmentResponse(void);
const void *_Nonnull huleedu_cj_v1_CancelAssessmentRequest(void);
const void *_Nonnull huleedu_cj_v1_CancelAssessmentResponse(void);
const void *_Nonnull huleedu_cj_v1_ContinueAssessmentRequest(void);
const void *_Nonnull huleedu_cj_v1_ContinueAssessmentResponse(void);
const void *_Nonnull huleedu_cj_v1_AssessmentProgress(void);
const void *_Nonnull huleedu_cj_v1_RankedItem(void);
const void *_Nonnull huleedu_cj_v1_GradeProbability(void);
const void *_Nonnull huleedu_cj_v1_Reliability(void);
const void *_Nonnull huleedu_cj_v1_JudgeDiagnostics(void);
const void *_Nonnull huleedu_cj_v1_MarginCheck(void);
const void *_Nonnull huleedu_cj_v1_ScalePoint(void);
const void *_Nonnull huleedu_cj_v1_ListComparisonsRequest(void);
const void *_Nonnull huleedu_cj_v1_ListComparisonsResponse(void);
const void *_Nonnull huleedu_cj_v1_ComparisonRecord(void);
const void *_Nonnull huleedu_events_v1_AssessmentFinished(void);
const void *_Nonnull huleedu_events_v1_AssessmentRanked(void);
const void *_Nonnull huleedu_events_v1_FollowRequest(void);
const void *_Nonnull huleedu_events_v1_FollowResponse(void);
const void *_Nonnull huleedu_events_v1_Event(void);
const void *_Nonnull huleedu_llm_v1_SubmitRequest(void);
const void *_Nonnull huleedu_llm_v1_PromptBlock(void);
const void *_Nonnull huleedu_llm_v1_ReplyFormat(void);
const void *_Nonnull huleedu_llm_v1_SubmitResponse(void);
const void *_Nonnull huleedu_llm_v1_GetRequest(void);
const void *_Nonnull huleedu_llm_v1_GetResponse(void);
const void *_Nonnull huleedu_llm_v1_CancelRequest(void);
const void *_Nonnull huleedu_llm_v1_CancelResponse(void);
const void *_Nonnull huleedu_llm_v1_DescribeModelRequest(void);
const void *_Nonnull huleedu_llm_v1_DescribeModelResponse(void);
const void *_Nonnull huleedu_llm_v1_Prices(void);
const void *_Nonnull huleedu_llm_v1_Result(void);
const void *_Nonnull huleedu_llm_v1_Reply(void);
const void *_Nonnull huleedu_llm_v1_Failure(void);
const void *_Nonnull huleedu_llm_v1_Usage(void);
const void *_Nonnull huleedu_events_v1_LLMRequestFinished(void);
const void *_Nonnull huleedu_llm_v1_Account(void);
const void *_Nonnull huleedu_llm_v1_GetSpendingRequest(void);
const void *_Nonnull huleedu_llm_v1_GetSpendingResponse(void);
const void *_Nonnull huleedu_llm_v1_SpendingLine(void);
const void *_Nonnull huleedu_llm_v1_SetBudgetRequest(void);
const void *_Nonnull huleedu_llm_v1_SetBudgetResponse(void);
const void *_Nonnull huleedu_wire_v1_Request(void);
const void *_Nonnull huleedu_wire_v1_Response(void);
const void *_Nonnull huleedu_wire_v1_KeyValue(void);
const void *_Nonnull huleedu_wire_v1_Status(void);
const void *_Nonnull huleedu_wire_v1_Detail(void);
const void *_Nonnull huleedu_wire_v1_Refused(void);
const void *_Nonnull huleedu_wire_v1_HealthCheckRequest(void);
const void *_Nonnull huleedu_wire_v1_HealthCheckResponse(void);
