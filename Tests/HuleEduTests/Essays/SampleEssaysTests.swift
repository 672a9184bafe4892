import CJCore
import Testing

@testable import huleedu

/// The essays that ship with the program are what its own reader and tables say they should be.
@Suite struct SampleEssaysTests {
    private static let samples =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/") + "/Tools/samples"

    @Test(arguments: ["english", "swedish"]) func areADozenShortEssaysWithQualities(name: String) throws {
        let folder = try EssayFolder.read("\(Self.samples)/\(name)")
        #expect(folder.essays.count == 12)
        #expect(folder.skipped.isEmpty)
        for essay in folder.essays {
            let words = essay.text.split(whereSeparator: \.isWhitespace).count
            #expect((150...260).contains(words), "\(essay.id) has \(words) words")
        }
        let qualities = try QualityTable(CSVTable.read("\(Self.samples)/\(name).qualities.csv"), essays: folder).qualities
        #expect(qualities.values.allSatisfy { (1...6).contains($0) && ($0 * 2).rounded() == $0 * 2 })
        let question = try TextArgument(parsing: "@\(Self.samples)/\(name).question").text(for: "--question")
        #expect(question.count > 50)
    }

    private static let real = samples.dropLast("Tools/samples".count) + "../shared/data/essays-distance-learning"

    @Test(.enabled(if: (try? FileAccess.system.kind(String(real))) == .folder, "needs ../shared/data/essays-distance-learning"))
    func realEssaysAndTheirScoresAreReadToo() throws {
        let folder = try EssayFolder.read(String(Self.real))
        #expect(folder.essays.count == 58)
        #expect(folder.skipped == [SkippedFile(name: "scores.csv", reason: .otherExtension)])
        let table = try CSVTable.read("\(Self.real)/scores.csv")
        for column in ["overall", "cohesion", "syntax"] {
            #expect(try QualityTable(table, column: column, essays: folder).qualities.count == 58)
        }
    }

    @Test func haveAnchorsFromTheLowestToTheHighestGrade() throws {
        let folder = try EssayFolder.read("\(Self.samples)/english")
        let anchors = try AnchorTable(CSVTable.read("\(Self.samples)/english.anchors.csv"), essays: folder, scale: .swedish)
        #expect(anchors.grades.count == 4)
        #expect(Set(anchors.grades.values).isSuperset(of: ["F", "A"]))
        let qualities = try QualityTable(CSVTable.read("\(Self.samples)/english.qualities.csv"), essays: folder).qualities
        let byGrade = anchors.grades.sorted { left, right in
            (GradeScale.swedish.grades.firstIndex(of: left.value) ?? 0)
                < (GradeScale.swedish.grades.firstIndex(of: right.value) ?? 0)
        }
        let ordered = byGrade.compactMap { qualities[$0.key] }
        #expect(ordered == ordered.sorted())
    }
}
