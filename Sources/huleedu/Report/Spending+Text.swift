import Contracts

extension LLMV1.Account {
    /// What it may spend, has spent and has set aside, in a line.
    var text: String {
        let holder = owner.isEmpty ? "tenant \(tenant)" : "assessment \(owner) of tenant \(tenant)"
        let budget = budgetNanodollars.map { "of \(Self.dollars($0))" } ?? "without a limit"
        let underWay = reservedNanodollars > 0 ? ", up to \(Self.dollars(reservedNanodollars)) more under way" : ""
        return "\(holder): \(Self.dollars(spentNanodollars)) spent \(budget)\(underWay)\n"
    }

    var members: [JSONValue.Member] {
        [
            .init("tenant", .string(tenant)),
            .init("assessment", .optional(owner.isEmpty ? nil : owner)),
            .init("budget_nanodollars", budgetNanodollars.map(JSONValue.unsigned) ?? .null),
            .init("spent_nanodollars", .unsigned(spentNanodollars)),
            .init("reserved_nanodollars", .unsigned(reservedNanodollars)),
        ]
    }

    fileprivate static func dollars(_ nanodollars: UInt64) -> String {
        "$" + Money(nanodollars: Int64(clamping: nanodollars)).exactDollars
    }
}

extension LLMV1.GetSpendingResponse {
    /// What `spending show` writes: the account, then a line for each day and model.
    var text: String {
        lines.reduce(account?.text ?? "") { $0 + $1.text }
    }

    /// What `spending show --json` writes.
    var json: JSONValue {
        .object((account?.members ?? []) + [.init("lines", .array(lines.map(\.json)))])
    }
}

extension LLMV1.SpendingLine {
    fileprivate var text: String {
        let cost = LLMV1.Account.dollars(costNanodollars)
        var text = "\(day)  \(provider) \(model)  \(count(Int(requests), "request"))  "
        text += simulated ? "simulated, nothing was paid; would have cost \(cost)" : cost
        if batchRequests > 0 { text += "  \(count(Int(batchRequests), "request")) in batches" }
        if unpricedRequests > 0 { text += "  \(count(Int(unpricedRequests), "request")) without a price" }
        return text + "\n"
    }

    fileprivate var json: JSONValue {
        // So that nobody adds up what was paid with what was not.
        let prefix = simulated ? "simulated_" : ""
        return .object([
            .init("day", .string(day)),
            .init("provider", .string(provider)),
            .init("model", .string(model)),
            .init("simulated", .bool(simulated)),
            .init("requests", .unsigned(requests)),
            .init("unpriced_requests", .unsigned(unpricedRequests)),
            .init("batch_requests", .unsigned(batchRequests)),
            .init("calls", .unsigned(calls)),
            .init("input_tokens", .unsigned(usage?.inputTokens ?? 0)),
            .init("output_tokens", .unsigned(usage?.outputTokens ?? 0)),
            .init("cache_read_tokens", .unsigned(usage?.cacheReadTokens ?? 0)),
            .init("cache_write_five_minutes_tokens", .unsigned(usage?.cacheWriteFiveMinutesTokens ?? 0)),
            .init("cache_write_one_hour_tokens", .unsigned(usage?.cacheWriteOneHourTokens ?? 0)),
            .init("\(prefix)cost_nanodollars", .unsigned(costNanodollars)),
            .init("\(prefix)cache_savings_nanodollars", .integer(cacheSavingsNanodollars)),
        ])
    }
}
