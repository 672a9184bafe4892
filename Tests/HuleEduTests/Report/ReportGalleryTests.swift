import Glibc
import Testing

@testable import huleedu

/// Writes a report of every kind to the folder named in `HULEEDU_GALLERY`, to be looked at in a browser.
@Suite struct ReportGalleryTests {
    private static let folder = getenv("HULEEDU_GALLERY").map { String(cString: $0) }

    private static let kinds: [(name: String, report: RankingReport)] = [
        ("12", SampleReport().make()),
        ("12-graded", SampleReport(isGraded: true).make()),
        ("12-simulated-sv", SampleReport(language: .swedish, isGraded: true, isSimulated: true).make()),
        ("58", SampleReport(essays: 58, isSimulated: true).make()),
        ("58-graded", SampleReport(essays: 58, isGraded: true, hasCutScores: false).make()),
        ("2", SampleReport(essays: 2, judgementsPerEssay: 4).make()),
        ("300", SampleReport(essays: 300, judgementsPerEssay: 10).make()),
        ("unjudged", SampleReport(isGraded: true).makeUnjudged()),
    ]

    @Test(.enabled(if: folder != nil, "set HULEEDU_GALLERY to a folder to get the reports")) func writesTheGallery() throws {
        let folder = try #require(Self.folder)
        for kind in Self.kinds {
            let bytes = Array(ReportPage(report: kind.report).text().utf8)
            let file = try #require(fopen("\(folder)/\(kind.name).html", "w"))
            fwrite(bytes, 1, bytes.count, file)
            fclose(file)
        }
    }
}
