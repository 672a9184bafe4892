import Testing

@testable import LLMProviderService

@Suite("Days of the calendar")
struct DayTests {
    @Test(
        "A day begins at midnight in UTC",
        arguments: [(0, "1970-01-01"), (951_782_400, "2000-02-29"), (4_107_542_400, "2100-03-01")])
    func seconds(midnight: Double, text: String) {
        #expect(Day(secondsSince1970: midnight).description == text)
        #expect(Day(secondsSince1970: midnight + 86_399).description == text)
        #expect(Day(secondsSince1970: midnight - 1) < Day(secondsSince1970: midnight))
    }

    @Test("Days follow each other without a gap for four hundred years")
    func sequence() {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var midnight = 0.0
        for year in 1970..<2370 {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            for (index, length) in lengths.enumerated() {
                for day in 1...(index == 1 && isLeap ? 29 : length) {
                    guard Day(year, index + 1, day) == Day(secondsSince1970: midnight) else {
                        Issue.record("\(year)-\(index + 1)-\(day) is \(Day(secondsSince1970: midnight))")
                        return
                    }
                    midnight += 86_400
                }
            }
        }
    }
}
