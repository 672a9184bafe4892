package import CJCore

/// A passage of an essay that reads like an instruction to the judge, as it is kept.
package struct SuspectPassage: Sendable, Hashable {
    package let essayID: String
    package let kind: InstructionAttempt.Kind
    /// Bytes of the essay.
    package let start: Int
    package let length: Int
    /// UTF-8.
    package let excerpt: [UInt8]
}
