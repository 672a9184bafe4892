/// Why blocks are not a prompt.
public struct PromptError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: Sendable, Hashable {
        /// No block, or none for the user part, without which vendors take no message.
        case nothingAsked
        /// A block without a text: its place among the blocks.
        case emptyBlock(Int)
        /// More cache marks than vendors take: how many there are.
        case tooManyCacheMarks(Int)
        /// A block to be kept for an hour after one to be kept for five minutes, in the order in which a vendor reads them: its place
        /// among the blocks.
        case hourAfterMinutes(Int)
    }

    public let code: Code
    /// For a person to read.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
