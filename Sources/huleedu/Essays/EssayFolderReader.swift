/// One pass over a folder: lists it, sorts essays from the rest, reads them, collects what is wrong.
struct EssayFolderReader {
    private let path: String
    private let limits: EssayFolder.Limits
    private let files: FileAccess
    private var faults: FaultList
    private var skipped: [SkippedFile] = []

    init(path: String, limits: EssayFolder.Limits, files: FileAccess) {
        self.path = path
        self.limits = limits
        self.files = files
        faults = FaultList(limit: limits.faults)
    }

    mutating func read() throws(CommandError) -> EssayFolder {
        let candidates = essayNames(among: try entries())
        try faults.throwIfAny()
        guard !candidates.isEmpty else { throw noEssays() }
        guard candidates.count <= limits.essays else {
            throw CommandError(
                .tooManyEssays,
                "\(path) holds \(candidates.count) essays; an assessment takes at most \(limits.essays).")
        }
        findLookAlikes(candidates)
        var essays: [Essay] = []
        for name in candidates {
            if let text = text(of: name) { essays.append(Essay(id: name, text: text)) }
        }
        findIdentical(essays)
        try faults.throwIfAny()
        guard essays.count > 1 else {
            throw CommandError(
                .onlyOneEssay, "\(path) holds one essay (\(quoted(essays[0].id))); a comparison needs at least two.")
        }
        return EssayFolder(path: path, essays: essays, skipped: skipped)
    }

    /// The folder's entries, by the bytes of their names.
    private func entries() throws(CommandError) -> [[UInt8]] {
        let names: [[UInt8]]
        do throws(FileFailure) {
            guard try files.kind(path) == .folder else {
                throw FileFailure(code: .notAFolder, message: "not a folder")
            }
            names = try files.names(path, limits.entries + 1)
        } catch {
            throw folderError(error)
        }
        guard names.count <= limits.entries else {
            throw CommandError(
                .folderTooLarge, "\(path) has more than \(limits.entries) entries; give the essays a folder of their own.")
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func folderError(_ failure: FileFailure) -> CommandError {
        switch failure.code {
        case .missing:
            CommandError(.folderMissing, "There is no folder \(path).", cause: failure)
        case .notAFolder, .notARegularFile:
            CommandError(
                .folderIsAFile, "\(path) is not a folder; name the folder in which the essays lie.", cause: failure)
        case .linkLoop, .denied, .noSpace, .other:
            CommandError(
                .folderUnreadable, "The folder \(path) cannot be read: \(failure.message).", cause: failure)
        }
    }

    /// The names of the essays among the entries; the rest goes to ``skipped``.
    private mutating func essayNames(among entries: [[UInt8]]) -> [String] {
        var essays: [String] = []
        for bytes in entries {
            let shown = String(decoding: bytes, as: UTF8.self)
            if let reason = reasonToSkip(bytes) {
                skipped.append(SkippedFile(name: shown, reason: reason))
            } else if let complaint = complaint(aboutName: bytes) {
                faults.append(CommandError(.essayNameUnusable, "\(quoted(shown)): \(complaint)"))
            } else {
                essays.append(shown)
            }
        }
        return essays
    }

    private func reasonToSkip(_ name: [UInt8]) -> SkippedFile.Reason? {
        if name.first == UInt8(ascii: ".") { return .hidden }
        guard UTF8Check.firstInvalidByte(of: name) == nil else {
            return hasEssayExtension(name) ? nil : .otherExtension
        }
        do throws(FileFailure) {
            switch try files.kind(file(String(decoding: name, as: UTF8.self))) {
            case .folder: return .subfolder
            case .other: return hasEssayExtension(name) ? .notARegularFile : .otherExtension
            case .file: return hasEssayExtension(name) ? nil : .otherExtension
            }
        } catch {
            guard hasEssayExtension(name) else { return .otherExtension }
            switch error.code {
            case .linkLoop: return .linkLoop
            case .missing: return .brokenLink
            // Reading it will fail too, and say why.
            case .notAFolder, .denied, .notARegularFile, .noSpace, .other: return nil
            }
        }
    }

    private func hasEssayExtension(_ name: [UInt8]) -> Bool {
        let lowercased = name.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        return lowercased.suffix(4) == Array(".txt".utf8)[...] || lowercased.suffix(3) == Array(".md".utf8)[...]
    }

    private func complaint(aboutName name: [UInt8]) -> String? {
        if UTF8Check.firstInvalidByte(of: name) != nil { return "the file's name is not UTF-8; rename it." }
        if name.count > limits.nameBytes { return "the file's name is longer than \(limits.nameBytes) bytes; shorten it." }
        let text = String(decoding: name, as: UTF8.self)
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            return "the file's name has a control character in it; rename it."
        }
        return nil
    }

    /// Two names that differ only in their Unicode form cannot be told apart by a person, nor by a table that names them.
    private mutating func findLookAlikes(_ names: [String]) {
        var seen: Set<String> = []
        for name in names where !seen.insert(name).inserted {
            faults.append(
                CommandError(
                    .essayNamesLookAlike,
                    "Two files are named \(quoted(name)), once with composed and once with decomposed letters; rename one."))
        }
    }

    private mutating func text(of name: String) -> String? {
        do throws(FileFailure) {
            if case .file(let size) = try files.kind(file(name)), size > limits.essayBytes {
                faults.append(tooLong(name))
                return nil
            }
            let bytes = try files.read(file(name), limits.essayBytes + 1)
            guard bytes.count <= limits.essayBytes else {
                faults.append(tooLong(name))
                return nil
            }
            return decoded(bytes, name: name)
        } catch {
            faults.append(readError(error, name: name))
            return nil
        }
    }

    private mutating func decoded(_ bytes: [UInt8], name: String) -> String? {
        do throws(EssayText.Fault) {
            return try EssayText.decode(bytes)
        } catch {
            faults.append(textError(error, name: name))
            return nil
        }
    }

    private mutating func findIdentical(_ essays: [Essay]) {
        var firstWithText: [String: String] = [:]
        for essay in essays {
            if let twin = firstWithText[essay.text] {
                faults.append(
                    CommandError(
                        .essaysIdentical,
                        "\(quoted(twin)) and \(quoted(essay.id)) hold the same text; every essay must be its own. Remove one."))
            } else {
                firstWithText[essay.text] = essay.id
            }
        }
    }

    private func file(_ name: String) -> String {
        path.hasSuffix("/") ? path + name : "\(path)/\(name)"
    }
}

extension EssayFolderReader {
    private func noEssays() -> CommandError {
        let rest =
            skipped.isEmpty
            ? "is empty" : "holds no essay, only \(skipped.count) other \(skipped.count == 1 ? "entry" : "entries")"
        return CommandError(.noEssays, "\(path) \(rest); expected at least two files that end in .txt or .md.")
    }

    private func tooLong(_ name: String) -> CommandError {
        CommandError(
            .essayTooLong,
            "\(quoted(name)) is too long for an essay: more than \(limits.essayBytes / 1024) KiB (\(limits.essayBytes) bytes).")
    }

    private func readError(_ failure: FileFailure, name: String) -> CommandError {
        switch failure.code {
        case .missing:
            CommandError(.essayVanished, "\(quoted(name)) vanished while the folder was being read.", cause: failure)
        case .notAFolder, .linkLoop, .denied, .notARegularFile, .noSpace, .other:
            CommandError(.essayUnreadable, "\(quoted(name)) cannot be read: \(failure.message).", cause: failure)
        }
    }

    private func textError(_ fault: EssayText.Fault, name: String) -> CommandError {
        switch fault {
        case .blank:
            CommandError(.essayBlank, "\(quoted(name)) is empty; expected the text of an essay.", cause: fault)
        case .notUTF8(let offset):
            CommandError(
                .essayNotUTF8,
                "\(quoted(name)) is not UTF-8: the byte at offset \(offset) fits no character. Save it as UTF-8.",
                cause: fault)
        case .looksLikeUTF16:
            CommandError(
                .essayNotUTF8, "\(quoted(name)) is not UTF-8: at offset 0 it is marked as UTF-16. Save it as UTF-8.",
                cause: fault)
        case .containsNUL(let offset):
            CommandError(
                .essayContainsNUL,
                "\(quoted(name)) has a NUL byte at offset \(offset); expected plain text in UTF-8.", cause: fault)
        }
    }
}
