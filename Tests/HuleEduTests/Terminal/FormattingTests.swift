import Testing

@testable import huleedu

@Suite struct FormattingTests {
    @Test(
        "An amount that must be enough is rounded up to what is shown",
        arguments: [
            (1, 100_000), (2_340_001, 2_400_000), (2_400_000, 2_400_000), (999_900_001, 1_000_000_000),
            (1_000_000_001, 1_010_000_000), (0, 0),
        ])
    func roundedUp(nanodollars: Int64, shown: Int64) {
        #expect(Money(nanodollars: nanodollars).roundedUp == Money(nanodollars: shown))
    }

    @Test(
        arguments: [
            (0, "$0.00", "0,00 USD"), (1, "under $0.0001", "under 0,0001 USD"), (49_999, "under $0.0001", "under 0,0001 USD"),
            (50_000, "$0.0001", "0,0001 USD"), (231_400_000, "$0.2314", "0,2314 USD"), (999_949_999, "$0.9999", "0,9999 USD"),
            (999_950_000, "$1.00", "1,00 USD"), (2_505_000_000, "$2.51", "2,51 USD"),
            (12_345_678_000_000_000, "$12,345,678.00", "12\u{A0}345\u{A0}678,00 USD"),
            (-188_000_000, "−$0.1880", "−0,1880 USD"), (.max, "$9,223,372,036.85", "9\u{A0}223\u{A0}372\u{A0}036,85 USD"),
            (.min, "−$9,223,372,036.85", "−9\u{A0}223\u{A0}372\u{A0}036,85 USD"),
        ] as [(Int64, String, String)])
    func moneyReadsAsAPersonExpects(nanodollars: Int64, english: String, swedish: String) {
        let money = Money(nanodollars: nanodollars)
        #expect(money.formatted(in: .english) == english)
        #expect(money.formatted(in: .swedish) == swedish)
    }

    @Test(
        arguments: [
            (0, "0.00"), (1, "0.000000001"), (2_500_000_000, "2.50"), (-1_234_567_890, "-1.23456789"),
            (.min, "-9223372036.854775808"),
        ] as [(Int64, String)])
    func exactMoneyLosesNothing(nanodollars: Int64, text: String) {
        #expect(Money(nanodollars: nanodollars).exactDollars == text)
        if nanodollars >= 0 { #expect(Money(dollars: text)?.nanodollars == nanodollars) }
    }

    @Test(
        arguments: [
            (0.0, 2, "0.00", "0,00"), (-0.004, 2, "0.00", "0,00"), (-0.005, 2, "−0.01", "−0,01"), (1.005, 1, "1.0", "1,0"),
            (12345.678, 1, "12,345.7", "12\u{A0}345,7"), (9999, 0, "9999", "9999"), (.nan, 2, "–", "–"), (.infinity, 0, "–", "–"),
            (1e300, 2, "–", "–"),
        ] as [(Double, Int, String, String)])
    func decimalsAreRoundedAndNeverNegativeZero(value: Double, decimals: Int, english: String, swedish: String) {
        #expect(DecimalText.text(value, decimals: decimals, language: .english) == english)
        #expect(DecimalText.text(value, decimals: decimals, language: .swedish) == swedish)
    }

    @Test func signsAndPercentAreWrittenOut() {
        #expect(DecimalText.signed(0.5, decimals: 1, language: .english) == "+0.5")
        #expect(DecimalText.signed(0.004, decimals: 2, language: .english) == "0.00")
        #expect(DecimalText.signed(-2, decimals: 1, language: .swedish) == "−2,0")
        #expect(DecimalText.percent(0.576, language: .english) == "58%")
        #expect(DecimalText.percent(0.5, language: .swedish) == "50\u{A0}%")
        #expect(DecimalText.count(-12_000, language: .english) == "−12,000")
    }

    @Test(arguments: [
        (Duration.zero, "0 s"), (.milliseconds(499), "0 s"), (.milliseconds(500), "1 s"), (.seconds(59), "59 s"),
        (.milliseconds(59_500), "1 min"),
        (.seconds(61), "1 min 1 s"), (.seconds(3600), "1 h"), (.seconds(3900), "1 h 5 min"), (.seconds(3659), "1 h"),
        (.seconds(90_000), "1 d 1 h"), (.seconds(-5), "0 s"),
    ])
    func durationsShowTheirTwoLargestUnits(duration: Duration, text: String) {
        #expect(DurationText.text(duration) == text)
    }

    @Test(arguments: [
        ("essay.txt", 9), ("", 0), ("åäö", 3), ("a\u{30A}a\u{308}o\u{308}", 3), ("漢字", 4), ("한글", 4), ("\u{1F600}", 2), ("👩‍👩‍👧", 2),
        ("ﾊﾝ", 2),
        ("e\u{301}", 1), ("☺\u{FE0F}", 2), ("ｆ", 2), ("„–…", 3),
    ])
    func widthCountsColumnsNotCharacters(text: String, columns: Int) {
        #expect(DisplayWidth.of(text) == columns)
    }

    @Test func cutsAndPadsToExactColumns() {
        #expect(DisplayWidth.fitted("abc", to: 5) == "abc  ")
        #expect(DisplayWidth.fitted("abcdef", to: 5) == "abcd…")
        #expect(DisplayWidth.fitted("漢字漢字", to: 6) == "漢字… ")
        #expect(DisplayWidth.truncated("abc", to: 0) == "")
        #expect(DisplayWidth.truncated("abc", to: 1) == "…")
        for columns in 0...12 {
            #expect(DisplayWidth.of(DisplayWidth.fitted("漢a\u{30A}字b漢字", to: columns)) == columns)
        }
    }

    @Test func neverLetsANameSteerTheTerminal() {
        #expect(DisplayWidth.safe("a\u{1B}[31mb\r\u{202E}c\u{2028}") == "a\u{FFFD}[31mb\u{FFFD}\u{FFFD}c\u{FFFD}")
        #expect(quoted("a\u{1B}\n\u{202E}") == "\"a\\u{1b}\\u{a}\\u{202e}\"")
        #expect(DisplayWidth.safe("👩‍👩‍👧 Åsa") == "👩‍👩‍👧 Åsa")
    }

    @Test(
        arguments: [
            (0, 0, "1970-01-01T00:00:00Z"), (1_795_446_000, 3600, "2026-11-23T16:00:00+01:00"),
            (951_782_400, 0, "2000-02-29T00:00:00Z"),
            (-1, 0, "1969-12-31T23:59:59Z"), (4_107_542_399, 0, "2100-02-28T23:59:59Z"),
            (0, -12_600, "1969-12-31T20:30:00-03:30"),
            (-2_208_988_800, 0, "1900-01-01T00:00:00Z"),
        ] as [(Int64, Int, String)])
    func wallTimeKnowsTheCalendar(seconds: Int64, offset: Int, text: String) {
        #expect(WallTime(unixSeconds: seconds, utcOffsetSeconds: offset).rfc3339 == text)
    }
}
