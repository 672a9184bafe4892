package import CJCore

/// What an assessment was asked to be, once everything about it has been checked.
package struct AssessmentPlan: Sendable, Hashable {
    package struct Essay: Sendable, Hashable {
        package let id: String
        package let text: String
        /// Known grade of an anchor; nil for the essays to be graded.
        package let anchorGrade: String?
    }

    package struct Judge: Sendable, Hashable {
        package let provider: String
        package let model: String
        package let temperature: Double?
        package let maximumOutputTokens: Int
        package let levels: VerdictLevels

        package init(
            provider: String, model: String, temperature: Double?, maximumOutputTokens: Int, levels: VerdictLevels = .four
        ) {
            self.provider = provider
            self.model = model
            self.temperature = temperature
            self.maximumOutputTokens = maximumOutputTokens
            self.levels = levels
        }
    }

    package let id: String
    package let essays: [Essay]
    package let instructions: Instructions
    package let grading: Grading
    package let judge: Judge
    package let stopping: Stopping
    package let pairing: Pairing
    package let seed: UInt64
    package let maximumInFlight: Int
    /// Who pays for the judge; empty for the provider service's default.
    package var tenant = ""
    package var dispatch = DispatchChoice.Wish.immediate

    /// The scale of grades, and what is expected of it.
    package struct Grading: Sendable, Hashable {
        /// Lowest first; empty without anchors.
        package let grades: [String]
        /// Steps of each grade; empty where no grade has any.
        package let steps: [GradeSteps]
        /// Expected share of each grade; empty where nothing is expected.
        package let expectedShares: [Double]

        package init(grades: [String], steps: [GradeSteps] = [], expectedShares: [Double] = []) {
            self.grades = grades
            self.steps = steps
            self.expectedShares = expectedShares
        }

        /// The scale as the core has it.
        var scale: GradeScale {
            get throws(GradeError) {
                try GradeScale(grades: grades, steps: steps, expectedShares: expectedShares.isEmpty ? nil : expectedShares)
            }
        }
    }

    /// What the judge is told besides the essays.
    package struct Instructions: Sendable, Hashable {
        package let question: String
        package let rubric: String
        package let language: String
    }

    package struct Stopping: Sendable, Hashable {
        /// What the assessment is to reach.
        package let goal: StoppingGoal
        package let maximumComparisons: Int
        /// Nano-dollars.
        package let maximumCost: Int64?
        /// Seconds from the start or the continuation after which nothing more is begun.
        package let maximumSeconds: Int64?

        package init(
            goal: StoppingGoal, maximumComparisons: Int, maximumCost: Int64? = nil, maximumSeconds: Int64? = nil
        ) {
            self.goal = goal
            self.maximumComparisons = maximumComparisons
            self.maximumCost = maximumCost
            self.maximumSeconds = maximumSeconds
        }

        /// Comparisons that the goal is expected to take before anything is known of the essays.
        func expectedComparisons(essays: Int) -> Int {
            expectedComparisons(essays: essays) { $0.beforeTheRun }
        }

        /// Comparisons in all that the goal is expected to take once there is a scale.
        func expectedComparisons(given scale: Scale) -> Int {
            expectedComparisons(essays: scale.items.count) { $0.total(given: scale) }
        }

        /// Where nothing is known of how a goal is approached, what may be spent.
        private func expectedComparisons(essays: Int, _ total: (ExpectedComparisons) -> Int) -> Int {
            guard let reliability = goal.equivalentReliability else { return maximumComparisons }
            return min(maximumComparisons, total(ExpectedComparisons(itemCount: essays, targetReliability: reliability)))
        }
    }

    package typealias Pairing = PairingMethod
}
