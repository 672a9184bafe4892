import Contracts
public import Wire

/// Every message that a contract declares; a test compares the list with the contracts' descriptors.
public enum ContractMessages {
    public static let all: [any WireMessage.Type] = [
        CJV1.Essay.self, CJV1.UploadEssaysRequest.self, CJV1.UploadEssaysResponse.self, CJV1.StartAssessmentRequest.self,
        CJV1.JudgeSettings.self, CJV1.StoppingSettings.self, CJV1.EstimateAssessmentResponse.self,
        CJV1.StartAssessmentResponse.self, CJV1.GetAssessmentRequest.self, CJV1.GetAssessmentResponse.self,
        CJV1.CutScore.self, CJV1.GradingNote.self, CJV1.ExcludedEssay.self,
        CJV1.WatchAssessmentRequest.self, CJV1.WatchAssessmentResponse.self,
        CJV1.CancelAssessmentRequest.self, CJV1.CancelAssessmentResponse.self, CJV1.AssessmentProgress.self,
        CJV1.ContinueAssessmentRequest.self, CJV1.ContinueAssessmentResponse.self,
        CJV1.RankedItem.self, CJV1.GradeProbability.self, CJV1.Reliability.self, CJV1.JudgeDiagnostics.self,
        CJV1.MarginCheck.self,
        CJV1.ScalePoint.self, CJV1.ListComparisonsRequest.self, CJV1.ListComparisonsResponse.self,
        CJV1.ComparisonRecord.self, CJV1.AnchorCheck.self, CJV1.CheckedAnchor.self, CJV1.SuspectEssay.self,
        CJV1.InstructionAttempt.self, CJV1.GoalProgress.self,
        EventsV1.AssessmentFinished.self, EventsV1.AssessmentRanked.self, EventsV1.FollowRequest.self,
        EventsV1.FollowResponse.self,
        EventsV1.Event.self,
        EventsV1.LLMRequestFinished.self,
        LLMV1.SubmitRequest.self, LLMV1.PromptBlock.self, LLMV1.ReplyFormat.self, LLMV1.SubmitResponse.self,
        LLMV1.SubmitManyRequest.self, LLMV1.Submission.self, LLMV1.SubmitManyResponse.self, LLMV1.SubmitAnswer.self,
        LLMV1.SubmitError.self, LLMV1.CompleteRequest.self, LLMV1.CompleteResponse.self,
        LLMV1.GetRequest.self, LLMV1.GetResponse.self, LLMV1.CancelRequest.self, LLMV1.CancelResponse.self,
        LLMV1.DescribeModelRequest.self, LLMV1.DescribeModelResponse.self, LLMV1.Prices.self, LLMV1.Result.self,
        LLMV1.Reply.self, LLMV1.Failure.self, LLMV1.Usage.self,
        LLMV1.Account.self, LLMV1.GetSpendingRequest.self, LLMV1.GetSpendingResponse.self, LLMV1.SpendingLine.self,
        LLMV1.SetBudgetRequest.self, LLMV1.SetBudgetResponse.self,
        WireV1.Request.self, WireV1.Response.self, WireV1.KeyValue.self, WireV1.Status.self, WireV1.Detail.self,
        WireV1.Refused.self, WireV1.HealthCheckRequest.self, WireV1.HealthCheckResponse.self,
        WireV1.ListServicesRequest.self, WireV1.ListServicesResponse.self, WireV1.GetContractsRequest.self,
        WireV1.GetContractsResponse.self, WireV1.GetStatisticsRequest.self, WireV1.GetStatisticsResponse.self,
        WireV1.MethodStatistics.self, WireV1.StatusCount.self, WireV1.Latency.self, WireV1.BeginDrainRequest.self,
        WireV1.BeginDrainResponse.self, WireV1.HelloRequest.self, WireV1.HelloResponse.self, WireV1.ConnectionLimits.self,
    ]
}
