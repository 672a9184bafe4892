import ArgumentParser
import Contracts
import LLMProviderService
import Postgres

/// `huleedu spending`
struct SpendingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spending",
        abstract: "Tell what calls to language models have cost, and limit what they may.",
        discussion: """
            The provider service keeps a ledger by tenant, assessment, model and day. A budget holds for every request that is taken on \
            after it was set: one that could exceed what is left is refused before it is sent. The commands work on the database, \
            whether or not a service runs on it.
            """,
        subcommands: [Show.self, Budget.self])

    /// Whose account it is.
    struct Holder: ParsableArguments {
        @Option(help: ArgumentHelp("The tenant that pays.", valueName: "name"))
        var tenant = "default"

        @Option(help: ArgumentHelp("One assessment of the tenant, by its id. Without it the tenant as a whole.", valueName: "id"))
        var assessment: String?
    }

    /// `huleedu spending show`
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell what has been spent, on which model and on which day. Changes nothing.")

        @OptionGroup var target: DatabaseCommand.Target
        @OptionGroup var holder: Holder
        @Flag(help: "Write the account as JSON.") var json = false

        func run() async throws {
            let status = await target.withPool { pool in
                let request = LLMV1.GetSpendingRequest(tenant: holder.tenant, owner: holder.assessment ?? "")
                let spending = try await SpendingLedger(pool: pool).getSpending(request)
                try StandardOutput.write(json ? spending.json.text() : spending.text)
                return 0
            }
            throw ExitCode(status)
        }
    }

    /// `huleedu spending budget`
    struct Budget: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Limit what may be spent in all, from the first day on, or lift the limit.",
            discussion: "What is under way runs to its end, whatever the limit.")

        @OptionGroup var target: DatabaseCommand.Target
        @OptionGroup var holder: Holder
        @Flag(help: "Write the account as JSON.") var json = false
        @Argument(help: ArgumentHelp("Dollars, as 25 or 0.50; or none, which lifts the limit.", valueName: "dollars"))
        var limit: String

        func run() async throws {
            let status = await target.withPool { pool in
                let request = LLMV1.SetBudgetRequest(
                    tenant: holder.tenant, owner: holder.assessment ?? "", budgetNanodollars: try nanodollars)
                let account = try await SpendingLedger(pool: pool).setBudget(request).account ?? LLMV1.Account()
                try StandardOutput.write(json ? JSONValue.object(account.members).text() : account.text)
                return 0
            }
            throw ExitCode(status)
        }

        private var nanodollars: UInt64? {
            get throws(CommandError) {
                guard limit != "none" else { return nil }
                guard let money = Money(dollars: limit) else {
                    throw CommandError(
                        .budgetUnreadable, "The budget is \(quoted(limit)); expected dollars, as 25 or 0.50, or none.")
                }
                return UInt64(money.nanodollars)
            }
        }
    }
}
