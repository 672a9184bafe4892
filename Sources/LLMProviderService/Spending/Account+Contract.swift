import Contracts
import Wire

extension Account {
    /// As callers are told it.
    var contract: LLMV1.Account {
        LLMV1.Account(
            tenant: payer.tenant, owner: payer.owner, budgetNanodollars: budget.map { UInt64(clamping: $0) },
            spentNanodollars: UInt64(clamping: spent), reservedNanodollars: UInt64(clamping: reserved))
    }
}

extension Account.Refusal {
    /// As the caller is told it. What may fit later is worth trying again, anything else is not.
    var error: RPCError {
        switch self {
        case .exceeded(let account, let cost):
            RPCError(
                .failedPrecondition, "budget exceeded: \(account.standing), and this request can cost \(cost)", isRefused: true)
        case .setAside(let account, let cost):
            RPCError(
                .resourceExhausted,
                "budget set aside: \(account.standing) and may cost up to \(account.reserved) with requests under way, and this "
                    + "one can cost \(cost)", isRefused: true)
        case .unpriced(let account):
            RPCError(
                .failedPrecondition, "budget unknown: the price of the model is not known, and \(account.payer) has a budget",
                isRefused: true)
        }
    }
}

extension Account {
    fileprivate var standing: String { "\(payer) has spent \(spent) of \(budget ?? 0) nano-dollars" }
}
