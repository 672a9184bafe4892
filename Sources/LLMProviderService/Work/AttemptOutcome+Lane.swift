extension AttemptOutcome {
    /// What it used, where the vendor says so.
    var usage: TokenUsage {
        switch self {
        case .reply(let reply): reply.usage
        case .failure(let failure): failure.usage
        }
    }

    /// What it says about the vendor's load and limits.
    var ending: Lane<PreparedRequest>.Ending {
        guard case .failure(let failure) = self else { return .answered }
        let pause: Int64? = if case .wait(let pause) = failure.remedy { pause.nanoseconds } else { nil }
        switch failure.reach {
        case .request: break
        case .lane: return .spent
        case .account: return .barred
        }
        return switch failure.kind.rules.lane {
        case .answered: .answered
        case .refused: .refused(for: pause ?? 0)
        case .overloaded: .overloaded(pause: pause)
        case .failed: .failed
        }
    }
}
