import Crypto

/// Which texts may be shown.
///
/// Text is hidden unless the name of its field says that it identifies or classifies something, or it was asked for by name: essays, prompts,
/// keys and people's names have no common form by which they could be told. What is hidden is replaced by its length and the beginning
/// of its keyed hash, so that two that are equal can be seen to be, and short ones cannot be guessed.
package struct Redaction: Sendable {
    /// Fields whose text is shown, besides those that end in `_id` or `_ids`; not the ids of essays, which are mostly names of files, and
    /// those of pupils.
    private static let harmless: Set<String> = [
        "service", "method", "type", "model", "provider", "version", "prompt_version", "code", "language", "consumer",
        "traceparent", "usd", "as_of",
    ]

    /// Names of fields whose text is shown.
    private let shown: Set<String>
    /// Whether nothing is hidden.
    let showsAll: Bool
    /// Has taken in the key. Of what comes out behind a text only an eighth is told, from which nobody can go on; that is why the key need
    /// not be taken in twice, as HMAC does.
    private let keyed: SHA256

    /// - Parameters:
    ///   - shown: names of fields, and keys of metadata, that were asked for.
    ///   - showsAll: whether everything was.
    ///   - key: of the hashes; another one each time, unless it is given, of the length of a block.
    package init(showing shown: Set<String> = [], showsAll: Bool = false, key: [UInt8]? = nil) {
        self.shown = shown.union(Self.harmless)
        self.showsAll = showsAll
        var keyed = SHA256()
        keyed.update(data: key ?? (0..<SHA256.blockByteCount).map { _ in UInt8.random(in: 0...255) })
        self.keyed = keyed
    }

    package func hides(_ field: String) -> Bool {
        !showsAll && !shown.contains(field) && !Self.isID(field)
    }

    private static func isID(_ field: String) -> Bool {
        (field.hasSuffix("_id") || field.hasSuffix("_ids")) && !field.contains("essay")
    }

    /// What is shown instead.
    package func replacement(_ bytes: ArraySlice<UInt8>) -> String {
        var hash = keyed
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        var text = "hidden: "
        text.reserveCapacity(40)
        text += String(bytes.count)
        text += " bytes, "
        text += Array(hash.finalize().prefix(4)).hexadecimal
        return text
    }
}
