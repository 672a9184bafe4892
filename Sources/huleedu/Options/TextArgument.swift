/// Text given on the command line, or the file in which it stands.
enum TextArgument: Sendable, Hashable {
    case text(String)
    case file(String)

    /// Most bytes of a question or a rubric.
    static let maximumBytes = 64 * 1024

    /// Takes `@FILE` for a file, `@@…` for text that begins with one `@`, and anything else for text.
    init(parsing argument: String) throws(CommandError) {
        if argument.hasPrefix("@@") {
            self = .text(String(argument.dropFirst()))
        } else if argument.hasPrefix("@") {
            let path = String(argument.dropFirst())
            guard !path.isEmpty else {
                throw CommandError(
                    .optionUnreadable, "After @ the name of a file is expected; write @@ for text that begins with @.")
            }
            self = .file(path)
        } else {
            self = .text(argument)
        }
    }

    /// The text itself, decoded and trimmed as an essay's is.
    func text(for option: String, files: FileAccess = .system) throws(CommandError) -> String {
        let bytes: [UInt8]
        let source: String
        switch self {
        case .text(let text):
            bytes = Array(text.utf8)
            source = option
        case .file(let path):
            source = "\(path) (given with \(option))"
            do throws(FileFailure) {
                bytes = try files.read(path, Self.maximumBytes + 1)
            } catch {
                throw CommandError(.textUnreadable, "\(source) cannot be read: \(error.message).", cause: error)
            }
        }
        guard bytes.count <= Self.maximumBytes else {
            throw CommandError(
                .textTooLong, "\(source) is longer than \(Self.maximumBytes / 1024) KiB; expected a question or a rubric.")
        }
        do throws(EssayText.Fault) {
            return try EssayText.decode(bytes)
        } catch {
            let code: CommandError.Code = if case .file = self { .textUnusable } else { .optionUnreadable }
            throw CommandError(code, "\(source) \(Self.complaint(about: error)).", cause: error)
        }
    }

    private static func complaint(about fault: EssayText.Fault) -> String {
        switch fault {
        case .blank: "is empty; leave the option out instead"
        case .notUTF8(let offset): "is not UTF-8: the byte at offset \(offset) fits no character"
        case .looksLikeUTF16: "is not UTF-8: it is marked as UTF-16"
        case .containsNUL(let offset): "has a NUL byte at offset \(offset)"
        }
    }
}
