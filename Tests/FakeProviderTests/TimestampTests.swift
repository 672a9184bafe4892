import Testing

@testable import FakeProvider

@Suite("A timestamp")
struct TimestampTests {
    // Worked out with date(1).
    @Test(
        "is RFC 3339 to the second",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_799, "2000-02-29T23:59:59Z"), (1_767_225_600, "2026-01-01T00:00:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"), (1_795_442_709, "2026-11-23T14:05:09Z"),
        ])
    func text(seconds: Int64, text: String) {
        #expect(Timestamp.text(seconds * 1_000_000_000) == text)
        #expect(Timestamp.text(seconds * 1_000_000_000 + 999_999_999) == text)
    }
}
