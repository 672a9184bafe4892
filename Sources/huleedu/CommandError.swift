/// Why the program could not do what it was asked; the module's one error.
///
/// The message is one sentence for a person: it names the thing that is wrong and says what was expected. Where several
/// faults were found in one pass, ``others`` carries the rest, so that a person can mend them all before trying again.
struct CommandError: Error, Sendable {
    /// What kind of fault it is; a caller that switches over it has no `default`.
    enum Code: String, Sendable, CaseIterable {
        // The folder of essays.
        case folderMissing, folderIsAFile, folderUnreadable, folderTooLarge
        case noEssays, onlyOneEssay, tooManyEssays
        case essayBlank, essayNotUTF8, essayContainsNUL, essayTooLong, essayVanished, essayUnreadable
        case essayNameUnusable, essayNamesLookAlike, essaysIdentical
        // Tables.
        case tableUnreadable, tableTooLarge, tableNotUTF8, tableMalformed, tableEmpty
        case columnMissing, columnAmbiguous, rowUnknownFile, rowDuplicateFile, rowMissing, rowNotANumber, rowUnknownGrade
        case anchorsAlike
        // Judgements of others.
        case noJudgements, judgementUnusable, tooManyItems
        // Options.
        case budgetUnreadable, budgetOutOfRange, gradesUnreadable, textUnreadable, textUnusable, textTooLong
        case optionOutOfRange, optionUnreadable, optionMissing, optionsConflict
        // The terminal and what is written.
        case confirmationImpossible, outputUnwritable
        // Running.
        case dataFolderUnusable, databaseUnnamed, judgeUnavailable, nothingToResume, partNotBuilt
    }

    let code: Code
    let message: String
    /// The error underneath, where there was one.
    let cause: (any Error)?
    /// Further faults of the same pass, in the order in which they were found.
    let others: [CommandError]
    /// Faults that were found beyond those listed.
    let unlisted: Int

    init(
        _ code: Code, _ message: String, cause: (any Error)? = nil, others: [CommandError] = [], unlisted: Int = 0
    ) {
        self.code = code
        self.message = message
        self.cause = cause
        self.others = others
        self.unlisted = unlisted
    }

    /// Every listed fault, this one first.
    var all: [CommandError] {
        [self] + others
    }
}

extension CommandError: CustomStringConvertible {
    /// The messages, one a line.
    var description: String {
        var lines = all.map(\.message)
        if unlisted > 0 {
            lines.append("… and \(unlisted) more \(unlisted == 1 ? "fault" : "faults").")
        }
        return lines.joined(separator: "\n")
    }
}

extension CommandError {
    /// The status with which the process ends, in the numbers of `sysexits.h`: 64 for the command line, 65 for the
    /// content of a file, 66 for a file that is not there, 73 for one that cannot be written.
    var exitStatus: Int32 {
        switch code {
        case .budgetUnreadable, .budgetOutOfRange, .gradesUnreadable, .optionOutOfRange, .optionUnreadable,
            .optionMissing, .optionsConflict, .confirmationImpossible, .databaseUnnamed, .nothingToResume:
            64
        case .noEssays, .onlyOneEssay, .tooManyEssays, .essayBlank, .essayNotUTF8, .essayContainsNUL, .essayTooLong,
            .essayNameUnusable, .essayNamesLookAlike, .essaysIdentical, .folderTooLarge, .tableTooLarge, .tableNotUTF8,
            .tableMalformed, .tableEmpty, .columnMissing, .columnAmbiguous, .rowUnknownFile, .rowDuplicateFile,
            .rowMissing, .rowNotANumber, .rowUnknownGrade, .anchorsAlike, .textUnusable, .textTooLong, .noJudgements,
            .judgementUnusable, .tooManyItems:
            65
        case .folderMissing, .folderIsAFile, .folderUnreadable, .essayVanished, .essayUnreadable, .tableUnreadable,
            .textUnreadable:
            66
        case .judgeUnavailable, .partNotBuilt:
            69
        case .outputUnwritable, .dataFolderUnusable:
            73
        }
    }
}
