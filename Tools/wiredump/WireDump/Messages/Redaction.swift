import Crypto

/// Which texts may be shown.
///
/// Text is hidden unless the name of its field says that it identifies or classifies something, or it was asked for by name: essays, prompts,
/// keys and people's names have no common form by which they could be told. What is hidden is replaced by its length and the beginning
/// of its hash, so that two that are equal can be seen to be.
package struct Redaction: Sendable, Hashable {
    /// Fields whose text is shown, besides those that end in `_id` or `_ids`.
    private static let harmless: Set<String> = [
        "id", "service", "method", "type", "model", "provider", "version", "prompt_version", "code", "language", "consumer",
        "traceparent", "usd", "as_of",
    ]

    private let shown: Set<String>

    /// - Parameter shown: names of fields, and keys of metadata, that were asked for.
    package init(showing shown: Set<String> = []) {
        self.shown = shown
    }

    package func hides(_ field: String) -> Bool {
        !shown.contains(field) && !Self.harmless.contains(field) && !field.hasSuffix("_id") && !field.hasSuffix("_ids")
    }

    /// What is shown instead.
    package static func replacement(_ bytes: some Collection<UInt8>) -> String {
        let digest = SHA256.hash(data: Array(bytes)).prefix(4)
        let hash = digest.map { (byte: UInt8) in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        return "hidden: \(bytes.count) bytes, \(hash)"
    }
}
