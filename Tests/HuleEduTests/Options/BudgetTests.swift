import Testing

@testable import huleedu

@Suite struct BudgetTests {
    @Test(arguments: [("1", 1), ("300", 300), (" 300 ", 300), ("1000000", 1_000_000)])
    func readsANumberOfComparisons(text: String, comparisons: Int) throws {
        #expect(try Budget(parsing: text) == .comparisons(comparisons))
    }

    @Test(arguments: [
        ("$2.50", 2_500_000_000), ("2.50usd", 2_500_000_000), ("2.5 USD", 2_500_000_000), ("usd 2.50", 2_500_000_000),
        ("US$2", 2_000_000_000),
        ("2$", 2_000_000_000), ("$.5", 500_000_000), ("$0.000000001", 1), ("$100000", 100_000_000_000_000),
    ])
    func readsMoneyExactly(text: String, nanodollars: Int64) throws {
        #expect(try Budget(parsing: text) == .money(Money(nanodollars: nanodollars)))
    }

    @Test(arguments: [
        ("", CommandError.Code.budgetUnreadable), ("2.50", .budgetUnreadable), (".50", .budgetUnreadable),
        ("-3", .budgetUnreadable),
        ("$", .budgetUnreadable), ("$-1", .budgetUnreadable), ("$1,50", .budgetUnreadable), ("2,50usd", .budgetUnreadable),
        ("$1.0000000001", .budgetUnreadable), ("$1.2.3", .budgetUnreadable), ("ten", .budgetUnreadable),
        ("3 kr", .budgetUnreadable),
        ("0", .budgetOutOfRange), ("1000001", .budgetOutOfRange), ("99999999999999999999", .budgetOutOfRange),
        ("$0", .budgetOutOfRange),
        ("$100000.01", .budgetOutOfRange), ("$99999999999999", .budgetUnreadable), ("٣", .budgetUnreadable),
    ])
    func refusesAnythingElseByName(text: String, code: CommandError.Code) {
        let error = #expect(throws: CommandError.self) { try Budget(parsing: text) }
        #expect(error?.code == code)
        #expect(error?.exitStatus == 64)
    }

    @Test func tellsThatTheShellMayHaveTakenTheSign() {
        let error = #expect(throws: CommandError.self) { try Budget(parsing: ".50") }
        #expect(error?.message.contains("shell") == true)
    }
}
