import ArgumentParser
import Testing

@testable import huleedu

@Suite("huleedu score, its options")
struct ScoreOptionsTests {
    private func message(_ arguments: [String]) -> String {
        do {
            _ = try ScoreCommand.parse(arguments)
            return ""
        } catch {
            return ScoreCommand.message(for: error)
        }
    }

    @Test(
        "What corrected likelihood has no use for is refused with it, and taken without",
        arguments: [["--prior", "2"], ["--centre", "mean"], ["--judges", "different"]])
    func epsilon(options: [String]) {
        #expect(message(["j.csv", "--epsilon", "0.3"] + options).contains("leave them out with --epsilon"))
        #expect(message(["j.csv"] + options) == "")
        #expect(message(["j.csv", "--epsilon", "0.3"]) == "")
    }
}
