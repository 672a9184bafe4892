import CJCore

/// What an assessment was asked to be, once everything about it has been checked.
struct AssessmentPlan: Sendable, Hashable {
    struct Essay: Sendable, Hashable {
        let id: String
        let text: String
        /// Known grade of an anchor; nil for the essays to be graded.
        let anchorGrade: String?
    }

    struct Judge: Sendable, Hashable {
        let provider: String
        let model: String
        let temperature: Double?
        let maximumOutputTokens: Int
    }

    let id: String
    let essays: [Essay]
    let instructions: Instructions
    let grades: [String]
    let judge: Judge
    let stopping: Stopping
    let pairing: Pairing
    let seed: UInt64
    let maximumInFlight: Int

    /// What the judge is told besides the essays.
    struct Instructions: Sendable, Hashable {
        let question: String
        let rubric: String
        let language: String
    }

    struct Stopping: Sendable, Hashable {
        let targetReliability: Double
        let maximumComparisons: Int
        /// Nano-dollars.
        let maximumCost: Int64?
    }

    enum Pairing: String, Sendable, CaseIterable {
        case information
        case random
    }
}
