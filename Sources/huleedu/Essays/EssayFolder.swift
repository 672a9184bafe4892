import CJAssessmentService

/// The essays of one folder, read whole or not at all.
///
/// Files whose names end in `.txt` or `.md` (in any case) are essays; everything else is skipped and named with the reason.
/// Subfolders are not searched. Links are followed. What is done to the text is told at ``EssayText``. Essays come in the
/// order of their names' bytes.
struct EssayFolder: Sendable, Hashable {
    /// What a folder may hold; beyond a limit nothing is read.
    struct Limits: Sendable, Hashable {
        var essays = CJAssessmentConfiguration().maximumEssays
        /// Bytes of one file.
        var essayBytes = 256 * 1024
        /// Entries of the folder, essays or not.
        var entries = 20_000
        /// Bytes of a name.
        var nameBytes = 255
        /// Faults listed in one error.
        var faults = FaultList.defaultLimit
    }

    /// The folder as the person named it.
    let path: String
    /// At least two.
    let essays: [Essay]
    let skipped: [SkippedFile]

    /// Reads a folder. All faults of all files are collected, up to the limit, and thrown as one error.
    static func read(
        _ path: String, limits: Limits = Limits(), files: FileAccess = .system
    ) throws(CommandError) -> EssayFolder {
        var reader = EssayFolderReader(path: path, limits: limits, files: files)
        return try reader.read()
    }
}
