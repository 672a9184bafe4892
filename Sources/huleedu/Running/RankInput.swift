/// What a run works on, read and checked before anything is started.
struct RankInput: Sendable {
    let settings: RankSettings
    let folder: EssayFolder
    let anchors: [Essay.ID: String]
    let qualities: [Essay.ID: Double]

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
    }
}
