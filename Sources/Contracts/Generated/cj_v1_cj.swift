// Generated from the contracts by Tools/generate; not to be edited.
// swift-format-ignore-file

private import CContracts
public import Wire

extension CJV1 {
    public protocol CJAssessmentService: Sendable {
        /// Hands over essays ahead of StartAssessment, for a pile that does not fit one message; all essays of an assessment together may
        /// have 48 MiB. Repeating an upload changes nothing. Once the assessment has started, more are FAILED_PRECONDITION; a start that meets
        /// an upload is ABORTED and may be made again.
        func uploadEssays(
            _ request: CJV1.UploadEssaysRequest, context: ServerContext
        ) async throws -> CJV1.UploadEssaysResponse
        /// Checks a request to start an assessment and tells what it would probably take and cost. Nothing is started and nothing is kept.
        func estimateAssessment(
            _ request: CJV1.StartAssessmentRequest, context: ServerContext
        ) async throws -> CJV1.EstimateAssessmentResponse
        /// Starts an assessment; it is stored when this answers. An assessment id that is known already is not started again:
        /// the same content answers as the first time, other content is ALREADY_EXISTS.
        func startAssessment(
            _ request: CJV1.StartAssessmentRequest, context: ServerContext
        ) async throws -> CJV1.StartAssessmentResponse
        /// The assessment as it stands, with the ranking so far.
        func getAssessment(
            _ request: CJV1.GetAssessmentRequest, context: ServerContext
        ) async throws -> CJV1.GetAssessmentResponse
        /// Waits until the assessment has moved on from a revision, up to the time asked for, and tells where it stands.
        func watchAssessment(
            _ request: CJV1.WatchAssessmentRequest, context: ServerContext
        ) async throws -> CJV1.WatchAssessmentResponse
        /// Ends an assessment with what has been judged so far. Cancelling one that has ended changes nothing.
        func cancelAssessment(
            _ request: CJV1.CancelAssessmentRequest, context: ServerContext
        ) async throws -> CJV1.CancelAssessmentResponse
        /// Takes an assessment up again, whatever it ended by, with other limits; what has been judged counts on. A completed one that is
        /// given the limits it ended by stays as it is, unless a budget of the provider service's ended it, and so does a running one;
        /// repeating a call that has taken effect changes nothing.
        func continueAssessment(
            _ request: CJV1.ContinueAssessmentRequest, context: ServerContext
        ) async throws -> CJV1.ContinueAssessmentResponse
        /// The comparisons of an assessment, oldest first, page by page. A page may end before its limit; an empty one is the end.
        func listComparisons(
            _ request: CJV1.ListComparisonsRequest, context: ServerContext
        ) async throws -> CJV1.ListComparisonsResponse
    }

    /// Calls `huleedu.cj.v1.CJAssessment` over a transport.
    public struct CJAssessmentClient: Sendable {
        private let transport: any ClientTransport

        public init(_ transport: any ClientTransport) {
            self.transport = transport
        }

        /// Hands over essays ahead of StartAssessment, for a pile that does not fit one message; all essays of an assessment together may
        /// have 48 MiB. Repeating an upload changes nothing. Once the assessment has started, more are FAILED_PRECONDITION; a start that meets
        /// an upload is ABORTED and may be made again.
        public func uploadEssays(
            _ request: CJV1.UploadEssaysRequest, options: CallOptions = CallOptions()
        ) async throws -> CJV1.UploadEssaysResponse {
            try await transport.call(CJAssessmentServer.uploadEssays, request, options: options)
        }

        /// Checks a request to start an assessment and tells what it would probably take and cost. Nothing is started and nothing is kept.
        public func estimateAssessment(
            _ request: CJV1.StartAssessmentRequest, options: CallOptions = CallOptions()
        ) async throws -> CJV1.EstimateAssessmentResponse {
            try await transport.call(CJAssessmentServer.estimateAssessment, request, options: options)
        }

        /// Starts an assessment; it is stored when this answers. An assessment id that is known already is not started again:
        /// the same content answers as the first time, other content is ALREADY_EXISTS.
        public func startAssessment(
            _ request: CJV1.StartAssessmentRequest, options: CallOptions = CallOptions()
        ) async throws -> CJV1.StartAssessmentResponse {
            try await transport.call(CJAssessmentServer.startAssessment, request, options: options)
        }

        /// The assessment as it stands, with the ranking so far.
        public func getAssessment(
            _ request: CJV1.GetAssessmentRequest, options: CallOptions = CallOptions()
        ) async throws -> CJV1.GetAssessmentResponse {
            try await transport.call(CJAssessmentServer.getAssessment, request, options: options)
        }

        /// Waits until the assessment has moved on from a revision, up to the time asked for, and tells where it stands.
        public func watchAssessment(
            _ request: CJV1.WatchAssessmentRequest, options: CallOptions = CallOptions()
        ) async throws -> CJV1.WatchAssessmentResponse {
            try await transport.call(CJAssessmentServer.watchAssessment, request, options: options)
        }

        /// Ends an assessment with what has been judged so far. Cancelling one that has ended changes nothing.
        public func cancelAssessment(
            _ request: CJV1.CancelAssessmentRequest, options: CallOptions = CallOptions()
        ) async throws -> CJV1.CancelAssessmentResponse {
            try await transport.call(CJAssessmentServer.cancelAssessment, request, options: options)
        }

        /// Takes an assessment up again, whatever it ended by, with other limits; what has been judged counts on. A completed one that is
        /// given the limits it ended by stays as it is, unless a budget of the provider service's ended it, and so does a running one;
        /// repeating a call that has taken effect changes nothing.
        public func continueAssessment(
            _ request: CJV1.ContinueAssessmentRequest, options: CallOptions = CallOptions()
        ) async throws -> CJV1.ContinueAssessmentResponse {
            try await transport.call(CJAssessmentServer.continueAssessment, request, options: options)
        }

        /// The comparisons of an assessment, oldest first, page by page. A page may end before its limit; an empty one is the end.
        public func listComparisons(
            _ request: CJV1.ListComparisonsRequest, options: CallOptions = CallOptions()
        ) async throws -> CJV1.ListComparisonsResponse {
            try await transport.call(CJAssessmentServer.listComparisons, request, options: options)
        }
    }

    /// Serves an implementation of `huleedu.cj.v1.CJAssessment`.
    public struct CJAssessmentServer: RPCService {
        public static let serviceName = "huleedu.cj.v1.CJAssessment"
        public static let uploadEssays = MethodDescriptor(service: serviceName, method: "UploadEssays", isIdempotent: true)
        public static let estimateAssessment = MethodDescriptor(service: serviceName, method: "EstimateAssessment", isIdempotent: true)
        public static let startAssessment = MethodDescriptor(service: serviceName, method: "StartAssessment", isIdempotent: true)
        public static let getAssessment = MethodDescriptor(service: serviceName, method: "GetAssessment", isIdempotent: true)
        public static let watchAssessment = MethodDescriptor(service: serviceName, method: "WatchAssessment", isIdempotent: true)
        public static let cancelAssessment = MethodDescriptor(service: serviceName, method: "CancelAssessment", isIdempotent: true)
        public static let continueAssessment = MethodDescriptor(service: serviceName, method: "ContinueAssessment", isIdempotent: true)
        public static let listComparisons = MethodDescriptor(service: serviceName, method: "ListComparisons", isIdempotent: true)

        private let service: any CJAssessmentService

        public init(_ service: any CJAssessmentService) {
            self.service = service
        }

        public var name: String { Self.serviceName }
        public var methods: [String] { ["UploadEssays", "EstimateAssessment", "StartAssessment", "GetAssessment", "WatchAssessment", "CancelAssessment", "ContinueAssessment", "ListComparisons"] }

        public func handle(method: String, payload: [UInt8], context: ServerContext) async throws -> [UInt8] {
            switch method {
                case "UploadEssays":
                    try await UnaryCall.answer(payload) { request in
                        try await service.uploadEssays(request, context: context)
                    }
                case "EstimateAssessment":
                    try await UnaryCall.answer(payload) { request in
                        try await service.estimateAssessment(request, context: context)
                    }
                case "StartAssessment":
                    try await UnaryCall.answer(payload) { request in
                        try await service.startAssessment(request, context: context)
                    }
                case "GetAssessment":
                    try await UnaryCall.answer(payload) { request in
                        try await service.getAssessment(request, context: context)
                    }
                case "WatchAssessment":
                    try await UnaryCall.answer(payload) { request in
                        try await service.watchAssessment(request, context: context)
                    }
                case "CancelAssessment":
                    try await UnaryCall.answer(payload) { request in
                        try await service.cancelAssessment(request, context: context)
                    }
                case "ContinueAssessment":
                    try await UnaryCall.answer(payload) { request in
                        try await service.continueAssessment(request, context: context)
                    }
                case "ListComparisons":
                    try await UnaryCall.answer(payload) { request in
                        try await service.listComparisons(request, context: context)
                    }
                default:
                    throw RPCError(.unimplemented, "\(name) has no method \(method)")
            }
        }
    }

    public struct Essay: Sendable, Hashable {
        /// Unique within the assessment: 1 to 255 bytes, no control characters.
        public var id: String
        /// UTF-8, not blank.
        public var text: [UInt8]
        /// The known grade of an anchor essay, from the grade scale; empty for the others.
        public var anchorGrade: String

        public init(
            id: String = "",
            text: [UInt8] = [],
            anchorGrade: String = ""
        ) {
            self.id = id
            self.text = text
            self.anchorGrade = anchorGrade
        }
    }

    public struct UploadEssaysRequest: Sendable, Hashable {
        public var assessmentID: String
        public var essays: [CJV1.Essay]

        public init(
            assessmentID: String = "",
            essays: [CJV1.Essay] = []
        ) {
            self.assessmentID = assessmentID
            self.essays = essays
        }
    }

    public struct UploadEssaysResponse: Sendable, Hashable {
        /// Essays uploaded for this assessment so far.
        public var essays: UInt32

        public init(
            essays: UInt32 = 0
        ) {
            self.essays = essays
        }
    }

    public struct StartAssessmentRequest: Sendable, Hashable {
        /// Chosen by the caller; the idempotency key. 1 to 64 characters of A–Z a–z 0–9 . _ -
        public var assessmentID: String
        /// With those uploaded before, at least two.
        public var essays: [CJV1.Essay]
        /// What the writers were asked to do, in UTF-8; may be empty.
        public var question: [UInt8]
        /// What the judge should look for, in UTF-8; empty asks for the built-in rubric.
        public var rubric: [UInt8]
        /// Language of the prompt: "en" or "sv"; empty asks for "en".
        public var language: String
        /// From lowest to highest; these or a grade_scale are required with anchors, and empty without.
        public var grades: [String]
        public var judge: CJV1.JudgeSettings?
        public var stopping: CJV1.StoppingSettings?
        public var pairing: CJV1.PairingStrategy
        /// From which, with the judgements in the order of their arrival, every choice of the assessment follows.
        public var seed: UInt64
        /// Comparisons that may be with the judge at once; zero asks for the service's default.
        public var maxInFlight: UInt32
        /// A scale by its name, instead of grades: swedish (F to A), swedish_8_anchor (F, E, D, D+, C, C+, B, A, with steps within grades),
        /// eng5_np_legacy_9_step (F+ to A), eng5_np_national_9_step (1 to 9), either of them with _and_below for a grade below the lowest
        /// step, or cefr (A1 to C2).
        public var gradeScale: String
        /// Steps of each of grades, in their order; empty where there are none. The lowest and the highest grade are open to one side and have
        /// none.
        public var gradeSteps: [CJV1.GradeSteps]
        /// Share of the essays at large that deserve each of grades, in their order; they add up to 1, and count like ten essays with grades.
        /// Empty: nothing is expected.
        public var expectedShares: [Double]
        /// Lets the shares count that the named scale comes with.
        public var usesSharesOfScale: Bool
        /// Who pays for the judge: 1 to 100 characters of A–Z a–z 0–9 . _ : - ; empty for the provider service's default.
        public var tenant: String

        public init(
            assessmentID: String = "",
            essays: [CJV1.Essay] = [],
            question: [UInt8] = [],
            rubric: [UInt8] = [],
            language: String = "",
            grades: [String] = [],
            judge: CJV1.JudgeSettings? = nil,
            stopping: CJV1.StoppingSettings? = nil,
            pairing: CJV1.PairingStrategy = .init(rawValue: 0),
            seed: UInt64 = 0,
            maxInFlight: UInt32 = 0,
            gradeScale: String = "",
            gradeSteps: [CJV1.GradeSteps] = [],
            expectedShares: [Double] = [],
            usesSharesOfScale: Bool = false,
            tenant: String = ""
        ) {
            self.assessmentID = assessmentID
            self.essays = essays
            self.question = question
            self.rubric = rubric
            self.language = language
            self.grades = grades
            self.judge = judge
            self.stopping = stopping
            self.pairing = pairing
            self.seed = seed
            self.maxInFlight = maxInFlight
            self.gradeScale = gradeScale
            self.gradeSteps = gradeSteps
            self.expectedShares = expectedShares
            self.usesSharesOfScale = usesSharesOfScale
            self.tenant = tenant
        }
    }

    public struct JudgeSettings: Sendable, Hashable {
        /// As the LLM provider service names it.
        public var provider: String
        public var model: String
        /// Absent: the vendor's default.
        public var temperature: Double?
        /// Zero asks for the service's default.
        public var maxOutputTokens: UInt32
        /// How finely the judge answers: 2, which essay is better; 4, whether slightly or clearly too. Zero asks for 4.
        public var verdictLevels: UInt32
        public var dispatch: CJV1.Dispatch

        public init(
            provider: String = "",
            model: String = "",
            temperature: Double? = nil,
            maxOutputTokens: UInt32 = 0,
            verdictLevels: UInt32 = 0,
            dispatch: CJV1.Dispatch = .init(rawValue: 0)
        ) {
            self.provider = provider
            self.model = model
            self.temperature = temperature
            self.maxOutputTokens = maxOutputTokens
            self.verdictLevels = verdictLevels
            self.dispatch = dispatch
        }
    }

    /// What the assessment is to reach: at most one of target_reliability, target_kendall_tau, max_grade_deviation and until_budget; with none
    /// of them, the service's default reliability. It has converged when that has been reached with a probability of 0.6.
    public struct StoppingSettings: Sendable, Hashable {
        /// Reliability, above 0 and below 1.
        public var targetReliability: Double?
        /// Comparisons to pay for at most, those among them that are given up without a judgement; zero asks for a default that follows from
        /// the number of essays. Each takes up to as many calls as EstimateAssessment tells.
        public var maxComparisons: UInt32
        /// Money to spend at most, in nano-dollars; absent: no limit but the comparisons. A call is made only if the most that it can cost, and
        /// the most that those under way can, are left; so it is not exceeded, whatever the replies are worth.
        public var maxCostNanodollars: UInt64?
        /// Seconds from the start, or from the continuation, after which nothing more is begun; absent: no limit. What is with the judge then
        /// is still waited for.
        public var maxSeconds: UInt64?
        /// Kendall's tau between the order of the essays and the true one, above 0 and below 1.
        public var targetKendallTau: Double?
        /// Standard deviation of the least certain grade, in steps of the scale, above 0 and at most 10; needs anchors, and an essay
        /// that is none. An essay on the border of two grades has 0.5 even where everything is known.
        public var maxGradeDeviation: Double?
        /// As good as the limits allow: nothing stops it early.
        public var untilBudget: Bool

        public init(
            targetReliability: Double? = nil,
            maxComparisons: UInt32 = 0,
            maxCostNanodollars: UInt64? = nil,
            maxSeconds: UInt64? = nil,
            targetKendallTau: Double? = nil,
            maxGradeDeviation: Double? = nil,
            untilBudget: Bool = false
        ) {
            self.targetReliability = targetReliability
            self.maxComparisons = maxComparisons
            self.maxCostNanodollars = maxCostNanodollars
            self.maxSeconds = maxSeconds
            self.targetKendallTau = targetKendallTau
            self.maxGradeDeviation = maxGradeDeviation
            self.untilBudget = untilBudget
        }
    }

    public struct EstimateAssessmentResponse: Sendable, Hashable {
        public var essays: UInt32
        /// Judgements that the target will probably take.
        public var expectedComparisons: UInt32
        /// Judgements after which the assessment ends whatever it has reached.
        public var maxComparisons: UInt32
        /// The vendor's own name of the model.
        public var model: String
        /// Absent where the price is not known.
        public var costPerComparisonNanodollars: UInt64?
        /// True when no language model stands behind the judgements.
        public var simulated: Bool
        /// What the assessment can cost at most: every comparison asked for as often as may be, of the longest essays, with the longest replies
        /// and nothing in the cache; or the limit on money, where that is less. Absent where the price is not known.
        public var maxCostNanodollars: UInt64?
        /// Calls at most that one comparison may be billed for.
        public var maxCallsPerComparison: UInt32
        /// IMMEDIATE or BATCH, as it would be. All costs are those of it.
        public var dispatch: CJV1.Dispatch
        /// Why, for a person to read.
        public var dispatchReason: String

        public init(
            essays: UInt32 = 0,
            expectedComparisons: UInt32 = 0,
            maxComparisons: UInt32 = 0,
            model: String = "",
            costPerComparisonNanodollars: UInt64? = nil,
            simulated: Bool = false,
            maxCostNanodollars: UInt64? = nil,
            maxCallsPerComparison: UInt32 = 0,
            dispatch: CJV1.Dispatch = .init(rawValue: 0),
            dispatchReason: String = ""
        ) {
            self.essays = essays
            self.expectedComparisons = expectedComparisons
            self.maxComparisons = maxComparisons
            self.model = model
            self.costPerComparisonNanodollars = costPerComparisonNanodollars
            self.simulated = simulated
            self.maxCostNanodollars = maxCostNanodollars
            self.maxCallsPerComparison = maxCallsPerComparison
            self.dispatch = dispatch
            self.dispatchReason = dispatchReason
        }
    }

    public struct StartAssessmentResponse: Sendable, Hashable {
        public var state: CJV1.AssessmentState
        /// True when the assessment id had been started before.
        public var alreadyKnown: Bool

        public init(
            state: CJV1.AssessmentState = .init(rawValue: 0),
            alreadyKnown: Bool = false
        ) {
            self.state = state
            self.alreadyKnown = alreadyKnown
        }
    }

    public struct GetAssessmentRequest: Sendable, Hashable {
        public var assessmentID: String

        public init(
            assessmentID: String = ""
        ) {
            self.assessmentID = assessmentID
        }
    }

    public struct GetAssessmentResponse: Sendable, Hashable {
        public var progress: CJV1.AssessmentProgress?
        /// By rank; abilities are present once a judgement has arrived.
        public var items: [CJV1.RankedItem]
        /// Absent without judgements, and of a judge found blind.
        public var reliability: CJV1.Reliability?
        public var judge: CJV1.JudgeDiagnostics?
        /// How the figures moved, at most 500 points, oldest first.
        public var history: [CJV1.ScalePoint]
        public var grades: [String]
        /// Why grades are wide or missing.
        public var gradingNotes: [CJV1.GradingNote]
        /// Borders between neighbouring grades, lowest first; empty without grades.
        public var cutScores: [CJV1.CutScore]
        /// Essays that were left out because no judge would compare them with anybody: their places among the items say nothing.
        public var excludedEssays: [CJV1.ExcludedEssay]
        /// How well the anchors foretell each other; absent without grades.
        public var anchorCheck: CJV1.AnchorCheck?
        /// Essays that seem to speak to the judge. They are judged and ranked like all others; somebody should look at them.
        public var suspectEssays: [CJV1.SuspectEssay]
        /// How far the assessment is from what it is to reach; absent without judgements, of a judge found blind, and where nothing but the
        /// limits stops it.
        public var goal: CJV1.GoalProgress?

        public init(
            progress: CJV1.AssessmentProgress? = nil,
            items: [CJV1.RankedItem] = [],
            reliability: CJV1.Reliability? = nil,
            judge: CJV1.JudgeDiagnostics? = nil,
            history: [CJV1.ScalePoint] = [],
            grades: [String] = [],
            gradingNotes: [CJV1.GradingNote] = [],
            cutScores: [CJV1.CutScore] = [],
            excludedEssays: [CJV1.ExcludedEssay] = [],
            anchorCheck: CJV1.AnchorCheck? = nil,
            suspectEssays: [CJV1.SuspectEssay] = [],
            goal: CJV1.GoalProgress? = nil
        ) {
            self.progress = progress
            self.items = items
            self.reliability = reliability
            self.judge = judge
            self.history = history
            self.grades = grades
            self.gradingNotes = gradingNotes
            self.cutScores = cutScores
            self.excludedEssays = excludedEssays
            self.anchorCheck = anchorCheck
            self.suspectEssays = suspectEssays
            self.goal = goal
        }
    }

    public struct GoalProgress: Sendable, Hashable {
        /// Best guess of the reliability, the tau or the largest deviation of a grade that was asked for; absent where there are no grades.
        public var value: Double?
        /// Probability that what was asked for has been reached, from 0 to 1.
        public var probability: Double

        public init(
            value: Double? = nil,
            probability: Double = 0
        ) {
            self.value = value
            self.probability = probability
        }
    }

    /// Every anchor graded by the others, as if its grade were not known.
    public struct AnchorCheck: Sendable, Hashable {
        /// By their ids.
        public var anchors: [CJV1.CheckedAnchor]
        /// Pairs of anchors with different grades, and those that the judge puts the other way round, by however little.
        public var pairs: UInt32
        public var inversions: UInt32
        /// Mean distance between predicted and known grade, and mean of predicted less known grade, in steps of the scale; absent where nothing
        /// could be predicted.
        public var meanError: Double?
        public var bias: Double?
        /// The largest distance, in steps.
        public var worstError: UInt32

        public init(
            anchors: [CJV1.CheckedAnchor] = [],
            pairs: UInt32 = 0,
            inversions: UInt32 = 0,
            meanError: Double? = nil,
            bias: Double? = nil,
            worstError: UInt32 = 0
        ) {
            self.anchors = anchors
            self.pairs = pairs
            self.inversions = inversions
            self.meanError = meanError
            self.bias = bias
            self.worstError = worstError
        }
    }

    public struct CheckedAnchor: Sendable, Hashable {
        public var essayID: String
        public var grade: String
        /// Empty where the other anchors have one grade only, and so say nothing.
        public var predictedGrade: String
        /// Predicted less known grade, in steps.
        public var error: Int32
        /// Probability that the others give to the known grade.
        public var probability: Double

        public init(
            essayID: String = "",
            grade: String = "",
            predictedGrade: String = "",
            error: Int32 = 0,
            probability: Double = 0
        ) {
            self.essayID = essayID
            self.grade = grade
            self.predictedGrade = predictedGrade
            self.error = error
            self.probability = probability
        }
    }

    public struct SuspectEssay: Sendable, Hashable {
        public var essayID: String
        /// In the order in which they stand in the text.
        public var attempts: [CJV1.InstructionAttempt]

        public init(
            essayID: String = "",
            attempts: [CJV1.InstructionAttempt] = []
        ) {
            self.essayID = essayID
            self.attempts = attempts
        }
    }

    /// A passage that reads like an instruction to the judge.
    public struct InstructionAttempt: Sendable, Hashable {
        public var kind: CJV1.InstructionAttemptKind
        /// Where it stands in the text, in bytes.
        public var start: UInt32
        public var length: UInt32
        /// The passage, or its beginning, in UTF-8.
        public var excerpt: [UInt8]

        public init(
            kind: CJV1.InstructionAttemptKind = .init(rawValue: 0),
            start: UInt32 = 0,
            length: UInt32 = 0,
            excerpt: [UInt8] = []
        ) {
            self.kind = kind
            self.start = start
            self.length = length
            self.excerpt = excerpt
        }
    }

    /// Something to know about the grades. Its wording is left to whoever shows it.
    public struct GradingNote: Sendable, Hashable {
        public var code: CJV1.GradingNoteCode
        /// The grades that the code speaks of.
        public var grades: [String]
        /// The essays that the code speaks of.
        public var essayIds: [String]
        /// Pairs of anchors with different grades, and how many of them the judge puts the other way round.
        public var anchorPairs: UInt32
        public var contradictedPairs: UInt32
        /// Mean distance between the grades of anchors and those that the other anchors give them, in steps.
        public var meanError: Double

        public init(
            code: CJV1.GradingNoteCode = .init(rawValue: 0),
            grades: [String] = [],
            essayIds: [String] = [],
            anchorPairs: UInt32 = 0,
            contradictedPairs: UInt32 = 0,
            meanError: Double = 0
        ) {
            self.code = code
            self.grades = grades
            self.essayIds = essayIds
            self.anchorPairs = anchorPairs
            self.contradictedPairs = contradictedPairs
            self.meanError = meanError
        }
    }

    public struct ExcludedEssay: Sendable, Hashable {
        public var essayID: String
        /// What the judge had against it the last time, for a person to read.
        public var reason: String

        public init(
            essayID: String = "",
            reason: String = ""
        ) {
            self.essayID = essayID
            self.reason = reason
        }
    }

    public struct CutScore: Sendable, Hashable {
        /// The grade that begins here.
        public var grade: String
        /// Logits, in the gauge of the abilities.
        public var ability: Double
        public var standardError: Double

        public init(
            grade: String = "",
            ability: Double = 0,
            standardError: Double = 0
        ) {
            self.grade = grade
            self.ability = ability
            self.standardError = standardError
        }
    }

    public struct WatchAssessmentRequest: Sendable, Hashable {
        public var assessmentID: String
        /// Revision that the caller has seen; zero answers at once.
        public var afterRevision: UInt64
        /// At most 30000.
        public var waitMilliseconds: UInt64

        public init(
            assessmentID: String = "",
            afterRevision: UInt64 = 0,
            waitMilliseconds: UInt64 = 0
        ) {
            self.assessmentID = assessmentID
            self.afterRevision = afterRevision
            self.waitMilliseconds = waitMilliseconds
        }
    }

    public struct WatchAssessmentResponse: Sendable, Hashable {
        public var progress: CJV1.AssessmentProgress?

        public init(
            progress: CJV1.AssessmentProgress? = nil
        ) {
            self.progress = progress
        }
    }

    public struct CancelAssessmentRequest: Sendable, Hashable {
        public var assessmentID: String

        public init(
            assessmentID: String = ""
        ) {
            self.assessmentID = assessmentID
        }
    }

    public struct CancelAssessmentResponse: Sendable, Hashable {
        public var state: CJV1.AssessmentState

        public init(
            state: CJV1.AssessmentState = .init(rawValue: 0)
        ) {
            self.state = state
        }
    }

    public struct ContinueAssessmentRequest: Sendable, Hashable {
        public var assessmentID: String
        /// As at the start; they count what has been judged and spent before. Where they do not say what is to be reached, that stays as it was;
        /// limits that they do not give are those of a start that gives none.
        public var stopping: CJV1.StoppingSettings?
        /// Comparisons that may be with the judge at once; zero leaves it as it was.
        public var maxInFlight: UInt32

        public init(
            assessmentID: String = "",
            stopping: CJV1.StoppingSettings? = nil,
            maxInFlight: UInt32 = 0
        ) {
            self.assessmentID = assessmentID
            self.stopping = stopping
            self.maxInFlight = maxInFlight
        }
    }

    public struct ContinueAssessmentResponse: Sendable, Hashable {
        public var state: CJV1.AssessmentState

        public init(
            state: CJV1.AssessmentState = .init(rawValue: 0)
        ) {
            self.state = state
        }
    }

    public struct AssessmentProgress: Sendable, Hashable {
        public var assessmentID: String
        /// Rises with every change.
        public var revision: UInt64
        public var state: CJV1.AssessmentState
        /// Once the assessment has ended.
        public var stopReason: CJV1.StopReason
        /// Why it failed, or which budget of the provider service's does not allow more, for a person to read.
        public var failure: String
        public var essays: UInt32
        /// Comparisons with a judgement.
        public var judged: UInt32
        /// Comparisons that wait for one.
        public var inFlight: UInt32
        /// Comparisons given up after every attempt.
        public var failed: UInt32
        /// Judgements expected in all: what the target takes, by the abilities so far where there are any. For a tau, what the reliability takes
        /// that goes with it; for a deviation of grades, and where nothing but the limits stops it, max_comparisons.
        public var expected: UInt32
        public var maxComparisons: UInt32
        /// What is aimed for: one of this, target_kendall_tau and max_grade_deviation, the others zero; all of them zero where nothing but the
        /// limits stops it.
        public var targetReliability: Double
        /// Absent until there is something to estimate from.
        public var reliability: Double?
        /// Absent where the price is not known.
        public var costNanodollars: UInt64?
        public var cacheSavingsNanodollars: Int64?
        public var elapsedMilliseconds: UInt64
        /// True when no language model stands behind the judgements.
        public var simulated: Bool
        /// Calls to the vendor so far, retries among them.
        public var providerCalls: UInt32
        public var targetKendallTau: Double
        public var maxGradeDeviation: Double
        /// What it will probably have cost in all, by what comparisons have cost so far and how many are expected; while there are few, what they
        /// were estimated at counts like five more. Present while it runs, where the price is known.
        public var forecastCostNanodollars: UInt64?
        /// IMMEDIATE or BATCH, as was decided at the start.
        public var dispatch: CJV1.Dispatch
        /// Why, for a person to read.
        public var dispatchReason: String

        public init(
            assessmentID: String = "",
            revision: UInt64 = 0,
            state: CJV1.AssessmentState = .init(rawValue: 0),
            stopReason: CJV1.StopReason = .init(rawValue: 0),
            failure: String = "",
            essays: UInt32 = 0,
            judged: UInt32 = 0,
            inFlight: UInt32 = 0,
            failed: UInt32 = 0,
            expected: UInt32 = 0,
            maxComparisons: UInt32 = 0,
            targetReliability: Double = 0,
            reliability: Double? = nil,
            costNanodollars: UInt64? = nil,
            cacheSavingsNanodollars: Int64? = nil,
            elapsedMilliseconds: UInt64 = 0,
            simulated: Bool = false,
            providerCalls: UInt32 = 0,
            targetKendallTau: Double = 0,
            maxGradeDeviation: Double = 0,
            forecastCostNanodollars: UInt64? = nil,
            dispatch: CJV1.Dispatch = .init(rawValue: 0),
            dispatchReason: String = ""
        ) {
            self.assessmentID = assessmentID
            self.revision = revision
            self.state = state
            self.stopReason = stopReason
            self.failure = failure
            self.essays = essays
            self.judged = judged
            self.inFlight = inFlight
            self.failed = failed
            self.expected = expected
            self.maxComparisons = maxComparisons
            self.targetReliability = targetReliability
            self.reliability = reliability
            self.costNanodollars = costNanodollars
            self.cacheSavingsNanodollars = cacheSavingsNanodollars
            self.elapsedMilliseconds = elapsedMilliseconds
            self.simulated = simulated
            self.providerCalls = providerCalls
            self.targetKendallTau = targetKendallTau
            self.maxGradeDeviation = maxGradeDeviation
            self.forecastCostNanodollars = forecastCostNanodollars
            self.dispatch = dispatch
            self.dispatchReason = dispatchReason
        }
    }

    public struct RankedItem: Sendable, Hashable {
        public var essayID: String
        /// From 1; essays with the same ability share a rank.
        public var rank: UInt32
        /// Logits, in the gauge in which all essays sum to zero.
        public var ability: Double
        /// Logits, in the same gauge.
        public var standardError: Double
        public var comparisons: UInt32
        /// How often the judge saw it first.
        public var shownFirst: UInt32
        public var wins: UInt32
        public var anchorGrade: String
        /// The grade in the middle of the distribution; empty without anchors.
        public var grade: String
        public var gradeProbabilities: [CJV1.GradeProbability]
        /// Mean square of the residuals, weighted by information; 1 is expected.
        public var infit: Double
        /// The part of the grade in which the middle of the distribution lies, where the scale has a step there.
        public var gradeStep: CJV1.GradeSteps

        public init(
            essayID: String = "",
            rank: UInt32 = 0,
            ability: Double = 0,
            standardError: Double = 0,
            comparisons: UInt32 = 0,
            shownFirst: UInt32 = 0,
            wins: UInt32 = 0,
            anchorGrade: String = "",
            grade: String = "",
            gradeProbabilities: [CJV1.GradeProbability] = [],
            infit: Double = 0,
            gradeStep: CJV1.GradeSteps = .init(rawValue: 0)
        ) {
            self.essayID = essayID
            self.rank = rank
            self.ability = ability
            self.standardError = standardError
            self.comparisons = comparisons
            self.shownFirst = shownFirst
            self.wins = wins
            self.anchorGrade = anchorGrade
            self.grade = grade
            self.gradeProbabilities = gradeProbabilities
            self.infit = infit
            self.gradeStep = gradeStep
        }
    }

    public struct GradeProbability: Sendable, Hashable {
        public var grade: String
        public var probability: Double

        public init(
            grade: String = "",
            probability: Double = 0
        ) {
            self.grade = grade
            self.probability = probability
        }
    }

    public struct Reliability: Sendable, Hashable {
        /// Of the essays that can be judged, with V the variance (n − 1) of their abilities and s their standard errors.
        /// Expected squared correlation of the abilities with the true ones; the figure that the stopping rule looks at.
        public var posteriorReliability: Double
        /// 1 − (Σs²/n) / V; zero where the error is the larger.
        public var scaleSeparationReliability: Double
        /// √(V / (Σs²/n)).
        public var separationRatio: Double
        /// Kendall's tau to the true order that the posterior expects.
        public var expectedKendallTau: Double
        /// Standard deviation of the prior on abilities, in logits.
        public var priorStandardDeviation: Double
        /// An interval that holds the squared correlation nine times in ten.
        public var posteriorReliabilityLow: Double
        public var posteriorReliabilityHigh: Double

        public init(
            posteriorReliability: Double = 0,
            scaleSeparationReliability: Double = 0,
            separationRatio: Double = 0,
            expectedKendallTau: Double = 0,
            priorStandardDeviation: Double = 0,
            posteriorReliabilityLow: Double = 0,
            posteriorReliabilityHigh: Double = 0
        ) {
            self.posteriorReliability = posteriorReliability
            self.scaleSeparationReliability = scaleSeparationReliability
            self.separationRatio = separationRatio
            self.expectedKendallTau = expectedKendallTau
            self.priorStandardDeviation = priorStandardDeviation
            self.posteriorReliabilityLow = posteriorReliabilityLow
            self.posteriorReliabilityHigh = posteriorReliabilityHigh
        }
    }

    public struct JudgeDiagnostics: Sendable, Hashable {
        public var provider: String
        public var model: String
        public var promptVersion: String
        public var simulated: Bool
        /// Preference for the first place, in logits.
        public var positionBias: Double
        public var positionBiasStandardError: Double
        /// Share of judgements for the essay shown first.
        public var firstShare: Double
        /// Mean square of the residuals, weighted by information; 1 is expected.
        public var infit: Double
        public var outfit: Double
        /// Mean confidence from 1 to 5.
        public var meanConfidence: Double
        /// Standard deviation of the prior on the position bias, in logits; zero where the bias is held at zero.
        public var positionBiasPrior: Double
        /// Levels that the judge was asked for.
        public var verdictLevels: UInt32
        /// Absent where the judge gave no margins.
        public var margins: CJV1.MarginCheck?
        /// Share of undecided judgements.
        public var tieShare: Double

        public init(
            provider: String = "",
            model: String = "",
            promptVersion: String = "",
            simulated: Bool = false,
            positionBias: Double = 0,
            positionBiasStandardError: Double = 0,
            firstShare: Double = 0,
            infit: Double = 0,
            outfit: Double = 0,
            meanConfidence: Double = 0,
            positionBiasPrior: Double = 0,
            verdictLevels: UInt32 = 0,
            margins: CJV1.MarginCheck? = nil,
            tieShare: Double = 0
        ) {
            self.provider = provider
            self.model = model
            self.promptVersion = promptVersion
            self.simulated = simulated
            self.positionBias = positionBias
            self.positionBiasStandardError = positionBiasStandardError
            self.firstShare = firstShare
            self.infit = infit
            self.outfit = outfit
            self.meanConfidence = meanConfidence
            self.positionBiasPrior = positionBiasPrior
            self.verdictLevels = verdictLevels
            self.margins = margins
            self.tieShare = tieShare
        }
    }

    /// Whether the margins that the judge reports are worth anything.
    public struct MarginCheck: Sendable, Hashable {
        /// False when they are not: the scale then rests on which essay was preferred alone.
        public var used: Bool
        /// How much better the margins agree with the differences of the abilities than with chance, in nats; the abilities are those of
        /// the preferences alone. Below zero, margins say nothing.
        public var evidence: Double
        /// Judgements with a clear margin, as a share of those with any.
        public var clearShare: Double
        /// Perceived difference in logits from which an essay is clearly better.
        public var clearThreshold: Double
        /// Pairs judged in both orders whose first judgement had this margin, and how many of them were turned over by the second.
        public var slightRepeats: UInt32
        public var slightFlips: UInt32
        public var clearRepeats: UInt32
        public var clearFlips: UInt32

        public init(
            used: Bool = false,
            evidence: Double = 0,
            clearShare: Double = 0,
            clearThreshold: Double = 0,
            slightRepeats: UInt32 = 0,
            slightFlips: UInt32 = 0,
            clearRepeats: UInt32 = 0,
            clearFlips: UInt32 = 0
        ) {
            self.used = used
            self.evidence = evidence
            self.clearShare = clearShare
            self.clearThreshold = clearThreshold
            self.slightRepeats = slightRepeats
            self.slightFlips = slightFlips
            self.clearRepeats = clearRepeats
            self.clearFlips = clearFlips
        }
    }

    public struct ScalePoint: Sendable, Hashable {
        public var judged: UInt32
        public var posteriorReliability: Double
        public var scaleSeparationReliability: Double
        public var costNanodollars: UInt64?

        public init(
            judged: UInt32 = 0,
            posteriorReliability: Double = 0,
            scaleSeparationReliability: Double = 0,
            costNanodollars: UInt64? = nil
        ) {
            self.judged = judged
            self.posteriorReliability = posteriorReliability
            self.scaleSeparationReliability = scaleSeparationReliability
            self.costNanodollars = costNanodollars
        }
    }

    public struct ListComparisonsRequest: Sendable, Hashable {
        public var assessmentID: String
        /// Number of the last comparison seen; zero at the beginning.
        public var afterNumber: UInt32
        /// 1 to 1000.
        public var limit: UInt32

        public init(
            assessmentID: String = "",
            afterNumber: UInt32 = 0,
            limit: UInt32 = 0
        ) {
            self.assessmentID = assessmentID
            self.afterNumber = afterNumber
            self.limit = limit
        }
    }

    public struct ListComparisonsResponse: Sendable, Hashable {
        public var comparisons: [CJV1.ComparisonRecord]

        public init(
            comparisons: [CJV1.ComparisonRecord] = []
        ) {
            self.comparisons = comparisons
        }
    }

    public struct ComparisonRecord: Sendable, Hashable {
        /// Counts the comparisons of the assessment from one.
        public var number: UInt32
        /// In the order in which the judge saw them.
        public var firstEssayID: String
        public var secondEssayID: String
        public var state: CJV1.ComparisonState
        public var outcome: CJV1.Outcome
        /// From 1, a guess, to 5, certain; zero where there is no judgement.
        public var confidence: UInt32
        /// The judge's reason, in UTF-8.
        public var rationale: [UInt8]
        /// The request that brought the judgement; with retries, the last one.
        public var requestID: String
        /// SHA-256 of the prompt, sixty-four hexadecimal digits.
        public var promptSha256: String
        public var model: String
        public var costNanodollars: UInt64?
        /// Why it failed, for a person to read.
        public var failure: String
        public var margin: CJV1.Margin

        public init(
            number: UInt32 = 0,
            firstEssayID: String = "",
            secondEssayID: String = "",
            state: CJV1.ComparisonState = .init(rawValue: 0),
            outcome: CJV1.Outcome = .init(rawValue: 0),
            confidence: UInt32 = 0,
            rationale: [UInt8] = [],
            requestID: String = "",
            promptSha256: String = "",
            model: String = "",
            costNanodollars: UInt64? = nil,
            failure: String = "",
            margin: CJV1.Margin = .init(rawValue: 0)
        ) {
            self.number = number
            self.firstEssayID = firstEssayID
            self.secondEssayID = secondEssayID
            self.state = state
            self.outcome = outcome
            self.confidence = confidence
            self.rationale = rationale
            self.requestID = requestID
            self.promptSha256 = promptSha256
            self.model = model
            self.costNanodollars = costNanodollars
            self.failure = failure
            self.margin = margin
        }
    }

    /// The parts of a grade that have a sign of their own.
    public struct GradeSteps: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let unspecified = GradeSteps(rawValue: 0)
        /// The lowest quarter of the grade, as in B-.
        public static let minus = GradeSteps(rawValue: 1)
        /// The highest quarter of the grade, as in B+.
        public static let plus = GradeSteps(rawValue: 2)
        public static let minusAndPlus = GradeSteps(rawValue: 3)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "GRADE_STEPS_UNSPECIFIED"
                case 1: "GRADE_STEPS_MINUS"
                case 2: "GRADE_STEPS_PLUS"
                case 3: "GRADE_STEPS_MINUS_AND_PLUS"
                default: "\(rawValue)"
            }
        }
    }

    /// How the judge is asked. In batches it costs less, and the vendor answers when it finds the time, mostly within an hour: no more comparisons
    /// than max_in_flight are chosen before the answers to those before have come, so a run takes as many such rounds as it takes.
    public struct Dispatch: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// IMMEDIATE.
        public static let unspecified = Dispatch(rawValue: 0)
        public static let immediate = Dispatch(rawValue: 1)
        /// A judge that takes no batches makes it INVALID_ARGUMENT.
        public static let batch = Dispatch(rawValue: 2)
        /// In batches where they cost less, and the rounds expected fit into max_seconds at an hour each or nothing limits the time.
        public static let auto = Dispatch(rawValue: 3)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "DISPATCH_UNSPECIFIED"
                case 1: "DISPATCH_IMMEDIATE"
                case 2: "DISPATCH_BATCH"
                case 3: "DISPATCH_AUTO"
                default: "\(rawValue)"
            }
        }
    }

    public struct PairingStrategy: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// The service's default: information-seeking.
        public static let unspecified = PairingStrategy(rawValue: 0)
        /// The pairs whose answers are expected to tell most.
        public static let information = PairingStrategy(rawValue: 1)
        public static let random = PairingStrategy(rawValue: 2)
        /// Every essay once in each round, with anybody.
        public static let rounds = PairingStrategy(rawValue: 3)
        /// Every essay once in each round, with one of much the same ability.
        public static let matching = PairingStrategy(rawValue: 4)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "PAIRING_STRATEGY_UNSPECIFIED"
                case 1: "PAIRING_STRATEGY_INFORMATION"
                case 2: "PAIRING_STRATEGY_RANDOM"
                case 3: "PAIRING_STRATEGY_ROUNDS"
                case 4: "PAIRING_STRATEGY_MATCHING"
                default: "\(rawValue)"
            }
        }
    }

    public struct InstructionAttemptKind: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let unspecified = InstructionAttemptKind(rawValue: 0)
        /// Asks to set the judge's instructions or criteria aside.
        public static let override = InstructionAttemptKind(rawValue: 1)
        /// Asks for a verdict or a grade.
        public static let demand = InstructionAttemptKind(rawValue: 2)
        /// Speaks to the judge, or as somebody whom the judge obeys.
        public static let address = InstructionAttemptKind(rawValue: 3)
        /// Looks like the judge's reply, or like a part of the prompt.
        public static let forgery = InstructionAttemptKind(rawValue: 4)
        /// Is written so that people do not see it.
        public static let hidden = InstructionAttemptKind(rawValue: 5)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "INSTRUCTION_ATTEMPT_KIND_UNSPECIFIED"
                case 1: "INSTRUCTION_ATTEMPT_KIND_OVERRIDE"
                case 2: "INSTRUCTION_ATTEMPT_KIND_DEMAND"
                case 3: "INSTRUCTION_ATTEMPT_KIND_ADDRESS"
                case 4: "INSTRUCTION_ATTEMPT_KIND_FORGERY"
                case 5: "INSTRUCTION_ATTEMPT_KIND_HIDDEN"
                default: "\(rawValue)"
            }
        }
    }

    public struct GradingNoteCode: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let unspecified = GradingNoteCode(rawValue: 0)
        /// No anchor has one of `grades`; borders there follow from the spacing of the other grades.
        public static let gradesWithoutAnchor = GradingNoteCode(rawValue: 1)
        /// The judge puts the first of `essay_ids`, an anchor with the first of `grades`, clearly above the second, an anchor with the
        /// second and higher of `grades`; grades are wider for it.
        public static let anchorsInverted = GradingNoteCode(rawValue: 2)
        /// Some essays have not been compared with the others, not even by way of third ones; their grades are guesses.
        public static let essaysUnconnected = GradingNoteCode(rawValue: 3)
        /// No grades: the judge's order contradicts the grades in `contradicted_pairs` of `anchor_pairs`.
        public static let anchorsContradicted = GradingNoteCode(rawValue: 4)
        /// No grades: the anchors do not have two different ones.
        public static let tooFewGrades = GradingNoteCode(rawValue: 5)
        /// No grades: the scale or an anchor is not as StartAssessment demands.
        public static let anchorsUnusable = GradingNoteCode(rawValue: 6)
        /// Graded by the others alone, anchors miss their grades by `mean_error` steps, which is more than one; see AnchorCheck.
        public static let anchorsDisagree = GradingNoteCode(rawValue: 7)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "GRADING_NOTE_CODE_UNSPECIFIED"
                case 1: "GRADING_NOTE_CODE_GRADES_WITHOUT_ANCHOR"
                case 2: "GRADING_NOTE_CODE_ANCHORS_INVERTED"
                case 3: "GRADING_NOTE_CODE_ESSAYS_UNCONNECTED"
                case 4: "GRADING_NOTE_CODE_ANCHORS_CONTRADICTED"
                case 5: "GRADING_NOTE_CODE_TOO_FEW_GRADES"
                case 6: "GRADING_NOTE_CODE_ANCHORS_UNUSABLE"
                case 7: "GRADING_NOTE_CODE_ANCHORS_DISAGREE"
                default: "\(rawValue)"
            }
        }
    }

    public struct AssessmentState: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let unspecified = AssessmentState(rawValue: 0)
        public static let running = AssessmentState(rawValue: 1)
        /// Ended with a ranking: converged, or out of budget or of pairs.
        public static let completed = AssessmentState(rawValue: 2)
        /// Ended by its owner; what had been judged is kept.
        public static let cancelled = AssessmentState(rawValue: 3)
        /// Ended by the judge's failure, and what had been judged is kept; or by a budget of the provider service's that let nothing be judged.
        public static let failed = AssessmentState(rawValue: 4)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "ASSESSMENT_STATE_UNSPECIFIED"
                case 1: "ASSESSMENT_STATE_RUNNING"
                case 2: "ASSESSMENT_STATE_COMPLETED"
                case 3: "ASSESSMENT_STATE_CANCELLED"
                case 4: "ASSESSMENT_STATE_FAILED"
                default: "\(rawValue)"
            }
        }
    }

    public struct StopReason: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let unspecified = StopReason(rawValue: 0)
        /// What was to be reached was reached.
        public static let converged = StopReason(rawValue: 1)
        public static let comparisonBudget = StopReason(rawValue: 2)
        public static let moneyBudget = StopReason(rawValue: 3)
        /// Every pair has been judged as often as it may be.
        public static let pairsExhausted = StopReason(rawValue: 4)
        public static let cancelled = StopReason(rawValue: 5)
        /// The judge failed so often that going on made no sense.
        public static let judgeFailed = StopReason(rawValue: 6)
        /// The time was over.
        public static let timeLimit = StopReason(rawValue: 7)
        /// The judge named the essay in one and the same place in at least nineteen of twenty answers, whatever stood there. It tells nothing of
        /// the essays: there is no ranking, and the assessment has failed.
        public static let blindJudge = StopReason(rawValue: 8)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "STOP_REASON_UNSPECIFIED"
                case 1: "STOP_REASON_CONVERGED"
                case 2: "STOP_REASON_COMPARISON_BUDGET"
                case 3: "STOP_REASON_MONEY_BUDGET"
                case 4: "STOP_REASON_PAIRS_EXHAUSTED"
                case 5: "STOP_REASON_CANCELLED"
                case 6: "STOP_REASON_JUDGE_FAILED"
                case 7: "STOP_REASON_TIME_LIMIT"
                case 8: "STOP_REASON_BLIND_JUDGE"
                default: "\(rawValue)"
            }
        }
    }

    public struct ComparisonState: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let unspecified = ComparisonState(rawValue: 0)
        public static let inFlight = ComparisonState(rawValue: 1)
        public static let judged = ComparisonState(rawValue: 2)
        public static let failed = ComparisonState(rawValue: 3)
        public static let cancelled = ComparisonState(rawValue: 4)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "COMPARISON_STATE_UNSPECIFIED"
                case 1: "COMPARISON_STATE_IN_FLIGHT"
                case 2: "COMPARISON_STATE_JUDGED"
                case 3: "COMPARISON_STATE_FAILED"
                case 4: "COMPARISON_STATE_CANCELLED"
                default: "\(rawValue)"
            }
        }
    }

    public struct Outcome: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let unspecified = Outcome(rawValue: 0)
        public static let first = Outcome(rawValue: 1)
        public static let second = Outcome(rawValue: 2)
        /// The judge could not decide.
        public static let tie = Outcome(rawValue: 3)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "OUTCOME_UNSPECIFIED"
                case 1: "OUTCOME_FIRST"
                case 2: "OUTCOME_SECOND"
                case 3: "OUTCOME_TIE"
                default: "\(rawValue)"
            }
        }
    }

    /// How far apart the judge saw the two essays.
    public struct Margin: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// It was not asked, or is undecided.
        public static let unspecified = Margin(rawValue: 0)
        public static let slight = Margin(rawValue: 1)
        public static let clear = Margin(rawValue: 2)

        /// The name in the contract, or the number of a value that this version does not know.
        public var description: String {
            switch rawValue {
                case 0: "MARGIN_UNSPECIFIED"
                case 1: "MARGIN_SLIGHT"
                case 2: "MARGIN_CLEAR"
                default: "\(rawValue)"
            }
        }
    }
}

extension CJV1.Essay: WireMessage {
    public static let typeName = "huleedu.cj.v1.Essay"
    static let shape = MessageShape(huleedu_cj_v1_Essay())

    public init() {
        self.init(id: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        id = cMessage.string(0)
        text = cMessage.bytes(1)
        anchorGrade = cMessage.string(2)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: id)
        cMessage.set(1, bytes: text)
        try cMessage.set(2, string: anchorGrade)
    }
}

extension CJV1.UploadEssaysRequest: WireMessage {
    public static let typeName = "huleedu.cj.v1.UploadEssaysRequest"
    static let shape = MessageShape(huleedu_cj_v1_UploadEssaysRequest())

    public init() {
        self.init(assessmentID: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        assessmentID = cMessage.string(0)
        essays = cMessage.messages(1).map(CJV1.Essay.init(reading:))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: assessmentID)
        if !essays.isEmpty { try cMessage.set(1, messages: essays) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
    }
}

extension CJV1.UploadEssaysResponse: WireMessage {
    public static let typeName = "huleedu.cj.v1.UploadEssaysResponse"
    static let shape = MessageShape(huleedu_cj_v1_UploadEssaysResponse())

    public init() {
        self.init(essays: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        essays = cMessage.uint32(0)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, uint32: essays)
    }
}

extension CJV1.StartAssessmentRequest: WireMessage {
    public static let typeName = "huleedu.cj.v1.StartAssessmentRequest"
    static let shape = MessageShape(huleedu_cj_v1_StartAssessmentRequest())

    public init() {
        self.init(assessmentID: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        assessmentID = cMessage.string(0)
        essays = cMessage.messages(1).map(CJV1.Essay.init(reading:))
        question = cMessage.bytes(2)
        rubric = cMessage.bytes(3)
        language = cMessage.string(4)
        grades = cMessage.strings(5)
        judge = cMessage.message(6).map(CJV1.JudgeSettings.init(reading:))
        stopping = cMessage.message(7).map(CJV1.StoppingSettings.init(reading:))
        pairing = CJV1.PairingStrategy(rawValue: cMessage.int32(8))
        seed = cMessage.uint64(9)
        maxInFlight = cMessage.uint32(10)
        gradeScale = cMessage.string(11)
        gradeSteps = cMessage.int32s(12).map(CJV1.GradeSteps.init(rawValue:))
        expectedShares = cMessage.doubles(13)
        usesSharesOfScale = cMessage.bool(14)
        tenant = cMessage.string(15)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: assessmentID)
        if !essays.isEmpty { try cMessage.set(1, messages: essays) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
        cMessage.set(2, bytes: question)
        cMessage.set(3, bytes: rubric)
        try cMessage.set(4, string: language)
        if !grades.isEmpty { try cMessage.set(5, strings: grades) }
        if let judge {
            try cMessage.set(6, message: judge.write)
        }
        if let stopping {
            try cMessage.set(7, message: stopping.write)
        }
        cMessage.set(8, int32: pairing.rawValue)
        cMessage.set(9, uint64: seed)
        cMessage.set(10, uint32: maxInFlight)
        try cMessage.set(11, string: gradeScale)
        if !gradeSteps.isEmpty { cMessage.set(12, int32s: gradeSteps.map(\.rawValue)) }
        if !expectedShares.isEmpty { cMessage.set(13, doubles: expectedShares) }
        cMessage.set(14, bool: usesSharesOfScale)
        try cMessage.set(15, string: tenant)
    }
}

extension CJV1.JudgeSettings: WireMessage {
    public static let typeName = "huleedu.cj.v1.JudgeSettings"
    static let shape = MessageShape(huleedu_cj_v1_JudgeSettings())

    public init() {
        self.init(provider: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        provider = cMessage.string(0)
        model = cMessage.string(1)
        if cMessage.isSet(2) { temperature = cMessage.double(2) }
        maxOutputTokens = cMessage.uint32(3)
        verdictLevels = cMessage.uint32(4)
        dispatch = CJV1.Dispatch(rawValue: cMessage.int32(5))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: provider)
        try cMessage.set(1, string: model)
        if let temperature {
            cMessage.choose(2)
            cMessage.set(2, double: temperature)
        }
        cMessage.set(3, uint32: maxOutputTokens)
        cMessage.set(4, uint32: verdictLevels)
        cMessage.set(5, int32: dispatch.rawValue)
    }
}

extension CJV1.StoppingSettings: WireMessage {
    public static let typeName = "huleedu.cj.v1.StoppingSettings"
    static let shape = MessageShape(huleedu_cj_v1_StoppingSettings())

    public init() {
        self.init(targetReliability: nil)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        if cMessage.isSet(0) { targetReliability = cMessage.double(0) }
        maxComparisons = cMessage.uint32(1)
        if cMessage.isSet(2) { maxCostNanodollars = cMessage.uint64(2) }
        if cMessage.isSet(3) { maxSeconds = cMessage.uint64(3) }
        if cMessage.isSet(4) { targetKendallTau = cMessage.double(4) }
        if cMessage.isSet(5) { maxGradeDeviation = cMessage.double(5) }
        untilBudget = cMessage.bool(6)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if let targetReliability {
            cMessage.choose(0)
            cMessage.set(0, double: targetReliability)
        }
        cMessage.set(1, uint32: maxComparisons)
        if let maxCostNanodollars {
            cMessage.choose(2)
            cMessage.set(2, uint64: maxCostNanodollars)
        }
        if let maxSeconds {
            cMessage.choose(3)
            cMessage.set(3, uint64: maxSeconds)
        }
        if let targetKendallTau {
            cMessage.choose(4)
            cMessage.set(4, double: targetKendallTau)
        }
        if let maxGradeDeviation {
            cMessage.choose(5)
            cMessage.set(5, double: maxGradeDeviation)
        }
        cMessage.set(6, bool: untilBudget)
    }
}

extension CJV1.EstimateAssessmentResponse: WireMessage {
    public static let typeName = "huleedu.cj.v1.EstimateAssessmentResponse"
    static let shape = MessageShape(huleedu_cj_v1_EstimateAssessmentResponse())

    public init() {
        self.init(essays: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        essays = cMessage.uint32(0)
        expectedComparisons = cMessage.uint32(1)
        maxComparisons = cMessage.uint32(2)
        model = cMessage.string(3)
        if cMessage.isSet(4) { costPerComparisonNanodollars = cMessage.uint64(4) }
        simulated = cMessage.bool(5)
        if cMessage.isSet(6) { maxCostNanodollars = cMessage.uint64(6) }
        maxCallsPerComparison = cMessage.uint32(7)
        dispatch = CJV1.Dispatch(rawValue: cMessage.int32(8))
        dispatchReason = cMessage.string(9)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, uint32: essays)
        cMessage.set(1, uint32: expectedComparisons)
        cMessage.set(2, uint32: maxComparisons)
        try cMessage.set(3, string: model)
        if let costPerComparisonNanodollars {
            cMessage.choose(4)
            cMessage.set(4, uint64: costPerComparisonNanodollars)
        }
        cMessage.set(5, bool: simulated)
        if let maxCostNanodollars {
            cMessage.choose(6)
            cMessage.set(6, uint64: maxCostNanodollars)
        }
        cMessage.set(7, uint32: maxCallsPerComparison)
        cMessage.set(8, int32: dispatch.rawValue)
        try cMessage.set(9, string: dispatchReason)
    }
}

extension CJV1.StartAssessmentResponse: WireMessage {
    public static let typeName = "huleedu.cj.v1.StartAssessmentResponse"
    static let shape = MessageShape(huleedu_cj_v1_StartAssessmentResponse())

    public init() {
        self.init(state: .init(rawValue: 0))
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        state = CJV1.AssessmentState(rawValue: cMessage.int32(0))
        alreadyKnown = cMessage.bool(1)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, int32: state.rawValue)
        cMessage.set(1, bool: alreadyKnown)
    }
}

extension CJV1.GetAssessmentRequest: WireMessage {
    public static let typeName = "huleedu.cj.v1.GetAssessmentRequest"
    static let shape = MessageShape(huleedu_cj_v1_GetAssessmentRequest())

    public init() {
        self.init(assessmentID: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        assessmentID = cMessage.string(0)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: assessmentID)
    }
}

extension CJV1.GetAssessmentResponse: WireMessage {
    public static let typeName = "huleedu.cj.v1.GetAssessmentResponse"
    static let shape = MessageShape(huleedu_cj_v1_GetAssessmentResponse())

    public init() {
        self.init(progress: nil)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        progress = cMessage.message(0).map(CJV1.AssessmentProgress.init(reading:))
        items = cMessage.messages(1).map(CJV1.RankedItem.init(reading:))
        reliability = cMessage.message(2).map(CJV1.Reliability.init(reading:))
        judge = cMessage.message(3).map(CJV1.JudgeDiagnostics.init(reading:))
        history = cMessage.messages(4).map(CJV1.ScalePoint.init(reading:))
        grades = cMessage.strings(5)
        gradingNotes = cMessage.messages(6).map(CJV1.GradingNote.init(reading:))
        cutScores = cMessage.messages(7).map(CJV1.CutScore.init(reading:))
        excludedEssays = cMessage.messages(8).map(CJV1.ExcludedEssay.init(reading:))
        anchorCheck = cMessage.message(9).map(CJV1.AnchorCheck.init(reading:))
        suspectEssays = cMessage.messages(10).map(CJV1.SuspectEssay.init(reading:))
        goal = cMessage.message(11).map(CJV1.GoalProgress.init(reading:))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if let progress {
            try cMessage.set(0, message: progress.write)
        }
        if !items.isEmpty { try cMessage.set(1, messages: items) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
        if let reliability {
            try cMessage.set(2, message: reliability.write)
        }
        if let judge {
            try cMessage.set(3, message: judge.write)
        }
        if !history.isEmpty { try cMessage.set(4, messages: history) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
        if !grades.isEmpty { try cMessage.set(5, strings: grades) }
        if !gradingNotes.isEmpty { try cMessage.set(6, messages: gradingNotes) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
        if !cutScores.isEmpty { try cMessage.set(7, messages: cutScores) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
        if !excludedEssays.isEmpty { try cMessage.set(8, messages: excludedEssays) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
        if let anchorCheck {
            try cMessage.set(9, message: anchorCheck.write)
        }
        if !suspectEssays.isEmpty { try cMessage.set(10, messages: suspectEssays) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
        if let goal {
            try cMessage.set(11, message: goal.write)
        }
    }
}

extension CJV1.GoalProgress: WireMessage {
    public static let typeName = "huleedu.cj.v1.GoalProgress"
    static let shape = MessageShape(huleedu_cj_v1_GoalProgress())

    public init() {
        self.init(value: nil)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        if cMessage.isSet(0) { value = cMessage.double(0) }
        probability = cMessage.double(1)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if let value {
            cMessage.choose(0)
            cMessage.set(0, double: value)
        }
        cMessage.set(1, double: probability)
    }
}

extension CJV1.AnchorCheck: WireMessage {
    public static let typeName = "huleedu.cj.v1.AnchorCheck"
    static let shape = MessageShape(huleedu_cj_v1_AnchorCheck())

    public init() {
        self.init(anchors: [])
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        anchors = cMessage.messages(0).map(CJV1.CheckedAnchor.init(reading:))
        pairs = cMessage.uint32(1)
        inversions = cMessage.uint32(2)
        if cMessage.isSet(3) { meanError = cMessage.double(3) }
        if cMessage.isSet(4) { bias = cMessage.double(4) }
        worstError = cMessage.uint32(5)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if !anchors.isEmpty { try cMessage.set(0, messages: anchors) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
        cMessage.set(1, uint32: pairs)
        cMessage.set(2, uint32: inversions)
        if let meanError {
            cMessage.choose(3)
            cMessage.set(3, double: meanError)
        }
        if let bias {
            cMessage.choose(4)
            cMessage.set(4, double: bias)
        }
        cMessage.set(5, uint32: worstError)
    }
}

extension CJV1.CheckedAnchor: WireMessage {
    public static let typeName = "huleedu.cj.v1.CheckedAnchor"
    static let shape = MessageShape(huleedu_cj_v1_CheckedAnchor())

    public init() {
        self.init(essayID: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        essayID = cMessage.string(0)
        grade = cMessage.string(1)
        predictedGrade = cMessage.string(2)
        error = cMessage.int32(3)
        probability = cMessage.double(4)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: essayID)
        try cMessage.set(1, string: grade)
        try cMessage.set(2, string: predictedGrade)
        cMessage.set(3, int32: error)
        cMessage.set(4, double: probability)
    }
}

extension CJV1.SuspectEssay: WireMessage {
    public static let typeName = "huleedu.cj.v1.SuspectEssay"
    static let shape = MessageShape(huleedu_cj_v1_SuspectEssay())

    public init() {
        self.init(essayID: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        essayID = cMessage.string(0)
        attempts = cMessage.messages(1).map(CJV1.InstructionAttempt.init(reading:))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: essayID)
        if !attempts.isEmpty { try cMessage.set(1, messages: attempts) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
    }
}

extension CJV1.InstructionAttempt: WireMessage {
    public static let typeName = "huleedu.cj.v1.InstructionAttempt"
    static let shape = MessageShape(huleedu_cj_v1_InstructionAttempt())

    public init() {
        self.init(kind: .init(rawValue: 0))
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        kind = CJV1.InstructionAttemptKind(rawValue: cMessage.int32(0))
        start = cMessage.uint32(1)
        length = cMessage.uint32(2)
        excerpt = cMessage.bytes(3)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, int32: kind.rawValue)
        cMessage.set(1, uint32: start)
        cMessage.set(2, uint32: length)
        cMessage.set(3, bytes: excerpt)
    }
}

extension CJV1.GradingNote: WireMessage {
    public static let typeName = "huleedu.cj.v1.GradingNote"
    static let shape = MessageShape(huleedu_cj_v1_GradingNote())

    public init() {
        self.init(code: .init(rawValue: 0))
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        code = CJV1.GradingNoteCode(rawValue: cMessage.int32(0))
        grades = cMessage.strings(1)
        essayIds = cMessage.strings(2)
        anchorPairs = cMessage.uint32(3)
        contradictedPairs = cMessage.uint32(4)
        meanError = cMessage.double(5)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, int32: code.rawValue)
        if !grades.isEmpty { try cMessage.set(1, strings: grades) }
        if !essayIds.isEmpty { try cMessage.set(2, strings: essayIds) }
        cMessage.set(3, uint32: anchorPairs)
        cMessage.set(4, uint32: contradictedPairs)
        cMessage.set(5, double: meanError)
    }
}

extension CJV1.ExcludedEssay: WireMessage {
    public static let typeName = "huleedu.cj.v1.ExcludedEssay"
    static let shape = MessageShape(huleedu_cj_v1_ExcludedEssay())

    public init() {
        self.init(essayID: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        essayID = cMessage.string(0)
        reason = cMessage.string(1)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: essayID)
        try cMessage.set(1, string: reason)
    }
}

extension CJV1.CutScore: WireMessage {
    public static let typeName = "huleedu.cj.v1.CutScore"
    static let shape = MessageShape(huleedu_cj_v1_CutScore())

    public init() {
        self.init(grade: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        grade = cMessage.string(0)
        ability = cMessage.double(1)
        standardError = cMessage.double(2)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: grade)
        cMessage.set(1, double: ability)
        cMessage.set(2, double: standardError)
    }
}

extension CJV1.WatchAssessmentRequest: WireMessage {
    public static let typeName = "huleedu.cj.v1.WatchAssessmentRequest"
    static let shape = MessageShape(huleedu_cj_v1_WatchAssessmentRequest())

    public init() {
        self.init(assessmentID: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        assessmentID = cMessage.string(0)
        afterRevision = cMessage.uint64(1)
        waitMilliseconds = cMessage.uint64(2)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: assessmentID)
        cMessage.set(1, uint64: afterRevision)
        cMessage.set(2, uint64: waitMilliseconds)
    }
}

extension CJV1.WatchAssessmentResponse: WireMessage {
    public static let typeName = "huleedu.cj.v1.WatchAssessmentResponse"
    static let shape = MessageShape(huleedu_cj_v1_WatchAssessmentResponse())

    public init() {
        self.init(progress: nil)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        progress = cMessage.message(0).map(CJV1.AssessmentProgress.init(reading:))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if let progress {
            try cMessage.set(0, message: progress.write)
        }
    }
}

extension CJV1.CancelAssessmentRequest: WireMessage {
    public static let typeName = "huleedu.cj.v1.CancelAssessmentRequest"
    static let shape = MessageShape(huleedu_cj_v1_CancelAssessmentRequest())

    public init() {
        self.init(assessmentID: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        assessmentID = cMessage.string(0)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: assessmentID)
    }
}

extension CJV1.CancelAssessmentResponse: WireMessage {
    public static let typeName = "huleedu.cj.v1.CancelAssessmentResponse"
    static let shape = MessageShape(huleedu_cj_v1_CancelAssessmentResponse())

    public init() {
        self.init(state: .init(rawValue: 0))
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        state = CJV1.AssessmentState(rawValue: cMessage.int32(0))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, int32: state.rawValue)
    }
}

extension CJV1.ContinueAssessmentRequest: WireMessage {
    public static let typeName = "huleedu.cj.v1.ContinueAssessmentRequest"
    static let shape = MessageShape(huleedu_cj_v1_ContinueAssessmentRequest())

    public init() {
        self.init(assessmentID: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        assessmentID = cMessage.string(0)
        stopping = cMessage.message(1).map(CJV1.StoppingSettings.init(reading:))
        maxInFlight = cMessage.uint32(2)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: assessmentID)
        if let stopping {
            try cMessage.set(1, message: stopping.write)
        }
        cMessage.set(2, uint32: maxInFlight)
    }
}

extension CJV1.ContinueAssessmentResponse: WireMessage {
    public static let typeName = "huleedu.cj.v1.ContinueAssessmentResponse"
    static let shape = MessageShape(huleedu_cj_v1_ContinueAssessmentResponse())

    public init() {
        self.init(state: .init(rawValue: 0))
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        state = CJV1.AssessmentState(rawValue: cMessage.int32(0))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, int32: state.rawValue)
    }
}

extension CJV1.AssessmentProgress: WireMessage {
    public static let typeName = "huleedu.cj.v1.AssessmentProgress"
    static let shape = MessageShape(huleedu_cj_v1_AssessmentProgress())

    public init() {
        self.init(assessmentID: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        assessmentID = cMessage.string(0)
        revision = cMessage.uint64(1)
        state = CJV1.AssessmentState(rawValue: cMessage.int32(2))
        stopReason = CJV1.StopReason(rawValue: cMessage.int32(3))
        failure = cMessage.string(4)
        essays = cMessage.uint32(5)
        judged = cMessage.uint32(6)
        inFlight = cMessage.uint32(7)
        failed = cMessage.uint32(8)
        expected = cMessage.uint32(9)
        maxComparisons = cMessage.uint32(10)
        targetReliability = cMessage.double(11)
        if cMessage.isSet(12) { reliability = cMessage.double(12) }
        if cMessage.isSet(13) { costNanodollars = cMessage.uint64(13) }
        if cMessage.isSet(14) { cacheSavingsNanodollars = cMessage.int64(14) }
        elapsedMilliseconds = cMessage.uint64(15)
        simulated = cMessage.bool(16)
        providerCalls = cMessage.uint32(17)
        targetKendallTau = cMessage.double(18)
        maxGradeDeviation = cMessage.double(19)
        if cMessage.isSet(20) { forecastCostNanodollars = cMessage.uint64(20) }
        dispatch = CJV1.Dispatch(rawValue: cMessage.int32(21))
        dispatchReason = cMessage.string(22)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: assessmentID)
        cMessage.set(1, uint64: revision)
        cMessage.set(2, int32: state.rawValue)
        cMessage.set(3, int32: stopReason.rawValue)
        try cMessage.set(4, string: failure)
        cMessage.set(5, uint32: essays)
        cMessage.set(6, uint32: judged)
        cMessage.set(7, uint32: inFlight)
        cMessage.set(8, uint32: failed)
        cMessage.set(9, uint32: expected)
        cMessage.set(10, uint32: maxComparisons)
        cMessage.set(11, double: targetReliability)
        if let reliability {
            cMessage.choose(12)
            cMessage.set(12, double: reliability)
        }
        if let costNanodollars {
            cMessage.choose(13)
            cMessage.set(13, uint64: costNanodollars)
        }
        if let cacheSavingsNanodollars {
            cMessage.choose(14)
            cMessage.set(14, int64: cacheSavingsNanodollars)
        }
        cMessage.set(15, uint64: elapsedMilliseconds)
        cMessage.set(16, bool: simulated)
        cMessage.set(17, uint32: providerCalls)
        cMessage.set(18, double: targetKendallTau)
        cMessage.set(19, double: maxGradeDeviation)
        if let forecastCostNanodollars {
            cMessage.choose(20)
            cMessage.set(20, uint64: forecastCostNanodollars)
        }
        cMessage.set(21, int32: dispatch.rawValue)
        try cMessage.set(22, string: dispatchReason)
    }
}

extension CJV1.RankedItem: WireMessage {
    public static let typeName = "huleedu.cj.v1.RankedItem"
    static let shape = MessageShape(huleedu_cj_v1_RankedItem())

    public init() {
        self.init(essayID: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        essayID = cMessage.string(0)
        rank = cMessage.uint32(1)
        ability = cMessage.double(2)
        standardError = cMessage.double(3)
        comparisons = cMessage.uint32(4)
        shownFirst = cMessage.uint32(5)
        wins = cMessage.uint32(6)
        anchorGrade = cMessage.string(7)
        grade = cMessage.string(8)
        gradeProbabilities = cMessage.messages(9).map(CJV1.GradeProbability.init(reading:))
        infit = cMessage.double(10)
        gradeStep = CJV1.GradeSteps(rawValue: cMessage.int32(11))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: essayID)
        cMessage.set(1, uint32: rank)
        cMessage.set(2, double: ability)
        cMessage.set(3, double: standardError)
        cMessage.set(4, uint32: comparisons)
        cMessage.set(5, uint32: shownFirst)
        cMessage.set(6, uint32: wins)
        try cMessage.set(7, string: anchorGrade)
        try cMessage.set(8, string: grade)
        if !gradeProbabilities.isEmpty { try cMessage.set(9, messages: gradeProbabilities) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
        cMessage.set(10, double: infit)
        cMessage.set(11, int32: gradeStep.rawValue)
    }
}

extension CJV1.GradeProbability: WireMessage {
    public static let typeName = "huleedu.cj.v1.GradeProbability"
    static let shape = MessageShape(huleedu_cj_v1_GradeProbability())

    public init() {
        self.init(grade: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        grade = cMessage.string(0)
        probability = cMessage.double(1)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: grade)
        cMessage.set(1, double: probability)
    }
}

extension CJV1.Reliability: WireMessage {
    public static let typeName = "huleedu.cj.v1.Reliability"
    static let shape = MessageShape(huleedu_cj_v1_Reliability())

    public init() {
        self.init(posteriorReliability: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        posteriorReliability = cMessage.double(0)
        scaleSeparationReliability = cMessage.double(1)
        separationRatio = cMessage.double(2)
        expectedKendallTau = cMessage.double(3)
        priorStandardDeviation = cMessage.double(4)
        posteriorReliabilityLow = cMessage.double(5)
        posteriorReliabilityHigh = cMessage.double(6)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, double: posteriorReliability)
        cMessage.set(1, double: scaleSeparationReliability)
        cMessage.set(2, double: separationRatio)
        cMessage.set(3, double: expectedKendallTau)
        cMessage.set(4, double: priorStandardDeviation)
        cMessage.set(5, double: posteriorReliabilityLow)
        cMessage.set(6, double: posteriorReliabilityHigh)
    }
}

extension CJV1.JudgeDiagnostics: WireMessage {
    public static let typeName = "huleedu.cj.v1.JudgeDiagnostics"
    static let shape = MessageShape(huleedu_cj_v1_JudgeDiagnostics())

    public init() {
        self.init(provider: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        provider = cMessage.string(0)
        model = cMessage.string(1)
        promptVersion = cMessage.string(2)
        simulated = cMessage.bool(3)
        positionBias = cMessage.double(4)
        positionBiasStandardError = cMessage.double(5)
        firstShare = cMessage.double(6)
        infit = cMessage.double(7)
        outfit = cMessage.double(8)
        meanConfidence = cMessage.double(9)
        positionBiasPrior = cMessage.double(10)
        verdictLevels = cMessage.uint32(11)
        margins = cMessage.message(12).map(CJV1.MarginCheck.init(reading:))
        tieShare = cMessage.double(13)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: provider)
        try cMessage.set(1, string: model)
        try cMessage.set(2, string: promptVersion)
        cMessage.set(3, bool: simulated)
        cMessage.set(4, double: positionBias)
        cMessage.set(5, double: positionBiasStandardError)
        cMessage.set(6, double: firstShare)
        cMessage.set(7, double: infit)
        cMessage.set(8, double: outfit)
        cMessage.set(9, double: meanConfidence)
        cMessage.set(10, double: positionBiasPrior)
        cMessage.set(11, uint32: verdictLevels)
        if let margins {
            try cMessage.set(12, message: margins.write)
        }
        cMessage.set(13, double: tieShare)
    }
}

extension CJV1.MarginCheck: WireMessage {
    public static let typeName = "huleedu.cj.v1.MarginCheck"
    static let shape = MessageShape(huleedu_cj_v1_MarginCheck())

    public init() {
        self.init(used: false)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        used = cMessage.bool(0)
        evidence = cMessage.double(1)
        clearShare = cMessage.double(2)
        clearThreshold = cMessage.double(3)
        slightRepeats = cMessage.uint32(4)
        slightFlips = cMessage.uint32(5)
        clearRepeats = cMessage.uint32(6)
        clearFlips = cMessage.uint32(7)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, bool: used)
        cMessage.set(1, double: evidence)
        cMessage.set(2, double: clearShare)
        cMessage.set(3, double: clearThreshold)
        cMessage.set(4, uint32: slightRepeats)
        cMessage.set(5, uint32: slightFlips)
        cMessage.set(6, uint32: clearRepeats)
        cMessage.set(7, uint32: clearFlips)
    }
}

extension CJV1.ScalePoint: WireMessage {
    public static let typeName = "huleedu.cj.v1.ScalePoint"
    static let shape = MessageShape(huleedu_cj_v1_ScalePoint())

    public init() {
        self.init(judged: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        judged = cMessage.uint32(0)
        posteriorReliability = cMessage.double(1)
        scaleSeparationReliability = cMessage.double(2)
        if cMessage.isSet(3) { costNanodollars = cMessage.uint64(3) }
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, uint32: judged)
        cMessage.set(1, double: posteriorReliability)
        cMessage.set(2, double: scaleSeparationReliability)
        if let costNanodollars {
            cMessage.choose(3)
            cMessage.set(3, uint64: costNanodollars)
        }
    }
}

extension CJV1.ListComparisonsRequest: WireMessage {
    public static let typeName = "huleedu.cj.v1.ListComparisonsRequest"
    static let shape = MessageShape(huleedu_cj_v1_ListComparisonsRequest())

    public init() {
        self.init(assessmentID: "")
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        assessmentID = cMessage.string(0)
        afterNumber = cMessage.uint32(1)
        limit = cMessage.uint32(2)
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        try cMessage.set(0, string: assessmentID)
        cMessage.set(1, uint32: afterNumber)
        cMessage.set(2, uint32: limit)
    }
}

extension CJV1.ListComparisonsResponse: WireMessage {
    public static let typeName = "huleedu.cj.v1.ListComparisonsResponse"
    static let shape = MessageShape(huleedu_cj_v1_ListComparisonsResponse())

    public init() {
        self.init(comparisons: [])
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        comparisons = cMessage.messages(0).map(CJV1.ComparisonRecord.init(reading:))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        if !comparisons.isEmpty { try cMessage.set(0, messages: comparisons) { (element, writer) throws(EncodingError) in try element.write(to: writer) } }
    }
}

extension CJV1.ComparisonRecord: WireMessage {
    public static let typeName = "huleedu.cj.v1.ComparisonRecord"
    static let shape = MessageShape(huleedu_cj_v1_ComparisonRecord())

    public init() {
        self.init(number: 0)
    }

    public init(decoding bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self = try MessageCodec.decode(bytes, shape: Self.shape, limits: limits) { Self(reading: $0) }
    }

    public func encode(into buffer: inout [UInt8]) throws(EncodingError) {
        try MessageCodec.encode(shape: Self.shape, into: &buffer, write)
    }

    init(reading cMessage: MessageReader) {
        self.init()
        number = cMessage.uint32(0)
        firstEssayID = cMessage.string(1)
        secondEssayID = cMessage.string(2)
        state = CJV1.ComparisonState(rawValue: cMessage.int32(3))
        outcome = CJV1.Outcome(rawValue: cMessage.int32(4))
        confidence = cMessage.uint32(5)
        rationale = cMessage.bytes(6)
        requestID = cMessage.string(7)
        promptSha256 = cMessage.string(8)
        model = cMessage.string(9)
        if cMessage.isSet(10) { costNanodollars = cMessage.uint64(10) }
        failure = cMessage.string(11)
        margin = CJV1.Margin(rawValue: cMessage.int32(12))
    }

    func write(to cMessage: MessageWriter) throws(EncodingError) {
        cMessage.set(0, uint32: number)
        try cMessage.set(1, string: firstEssayID)
        try cMessage.set(2, string: secondEssayID)
        cMessage.set(3, int32: state.rawValue)
        cMessage.set(4, int32: outcome.rawValue)
        cMessage.set(5, uint32: confidence)
        cMessage.set(6, bytes: rationale)
        try cMessage.set(7, string: requestID)
        try cMessage.set(8, string: promptSha256)
        try cMessage.set(9, string: model)
        if let costNanodollars {
            cMessage.choose(10)
            cMessage.set(10, uint64: costNanodollars)
        }
        try cMessage.set(11, string: failure)
        cMessage.set(12, int32: margin.rawValue)
    }
}
