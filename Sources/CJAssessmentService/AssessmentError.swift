/// A fault of the service itself, not of a request.
struct AssessmentError: Error, Sendable {
    enum Code: Sendable, Hashable {
        /// A stored assessment names a language that this version has no prompt for.
        case unknownLanguage
        /// The provider service's feed has partitions that nobody reads.
        case feedPartitioned
    }

    let code: Code
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
