import CJCore

/// What a run works on, read and checked before anything is started.
struct RankInput: Sendable {
    let settings: RankSettings
    let folder: EssayFolder
    let anchors: [Essay.ID: String]
    let qualities: [Essay.ID: Double]

    /// Takes what has been read already, without any grades.
    init(_ settings: RankSettings, folder: EssayFolder, qualities: [Essay.ID: Double]) {
        self.settings = settings
        self.folder = folder
        self.qualities = qualities
        anchors = [:]
    }

    /// Hash of everything by which judgements would come out differently, except the seed.
    func fingerprint(of judge: JudgeProvider) -> String {
        settings.fingerprint(
            essays: folder.essays, anchors: anchors, qualities: qualities, provider: judge.name.rawValue, model: judge.model)
    }

    /// Reads the folder and the tables.
    init(_ settings: RankSettings) throws(CommandError) {
        self.settings = settings
        folder = try EssayFolder.read(settings.folder)
        if let path = settings.anchors {
            anchors = try AnchorTable(CSVTable.read(path), essays: folder, scale: settings.scale).grades
        } else {
            anchors = [:]
        }
        if let qualities = settings.qualities {
            self.qualities = try QualityTable(CSVTable.read(qualities.path), column: qualities.column, essays: folder).qualities
        } else {
            qualities = [:]
        }
        if case .gradeDeviation(_) = settings.goal, folder.essays.allSatisfy({ anchors[$0.id] != nil }) {
            throw CommandError(
                .optionsConflict,
                "--grade-deviation is about essays whose grades are not known, and \(quoted(settings.anchors ?? "")) names the grades of all."
            )
        }
    }
}
