/// Why there are no grades.
public struct GradeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: Sendable, Hashable {
        /// A grade scale with fewer than two or more than twenty grades, or with a blank one.
        case badScale
        /// A grade scale with a grade that is there twice.
        case duplicateGrade
        /// Steps for some grades only, or for one that is open to one side.
        case badSteps
        /// Expected shares that are not one for each grade, or do not add up to 1.
        case badShares
        /// An anchor with a grade that the scale does not have.
        case unknownGrade
        /// An anchor that is not among the items that were ranked, or is there twice.
        case unknownAnchor
        /// Anchors of fewer than two different grades: nothing says how far apart grades are.
        case tooFewGrades
        /// Anchors that, on the whole, the judge puts in the opposite order, or in none: how many pairs of anchors with different
        /// grades there are, and how many of them contradict the grades.
        case invertedAnchors(contradictions: Int, pairs: Int)
    }

    public let code: Code
    /// For a person to read; names the grade or the anchors.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
