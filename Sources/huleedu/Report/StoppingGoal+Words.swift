import CJCore

extension StoppingGoal {
    /// The goal in two words, as in "reliability 0.85"; nil where only the limits count.
    func short(in language: Language) -> String? {
        func number(_ value: Double) -> String { DecimalText.text(value, decimals: 2, language: language) }
        return switch self {
        case .reliability(let target): language.say("reliability ", "reliabilitet ") + number(target)
        case .kendallTau(let target): "τ \(number(target))"
        case .gradeDeviation(let limit): language.say("grades ±\(number(limit)) steps", "betyg ±\(number(limit)) steg")
        case .budget: nil
        }
    }

    /// The figure of the goal as a thing that is reached, as in "the reliability of 0.85"; nil where only the limits count.
    func phrase(in language: Language) -> String? {
        func number(_ value: Double) -> String { DecimalText.text(value, decimals: 2, language: language) }
        return switch self {
        case .reliability(let target): language.say("the reliability of \(number(target))", "reliabiliteten \(number(target))")
        case .kendallTau(let target): language.say("a tau of \(number(target))", "tau \(number(target))")
        case .gradeDeviation(let limit):
            language.say(
                "a deviation of every grade of at most \(number(limit)) steps",
                "en avvikelse på högst \(number(limit)) steg för varje betyg")
        case .budget: nil
        }
    }

    /// What the goal is about, as the head of a row.
    func subject(in language: Language) -> String {
        switch self {
        case .reliability: language.say("Reliability aimed for", "Eftersträvad reliabilitet")
        case .kendallTau: language.say("Tau to the true order aimed for", "Eftersträvat tau till den sanna ordningen")
        case .gradeDeviation:
            language.say("Deviation of grades aimed for, in steps", "Eftersträvad avvikelse för betygen, i steg")
        case .budget: language.say("Aimed for", "Eftersträvat")
        }
    }

    /// For scripts.
    var name: String {
        switch self {
        case .reliability: "reliability"
        case .kendallTau: "kendall_tau"
        case .gradeDeviation: "grade_deviation"
        case .budget: "budget"
        }
    }

    /// The figure that is aimed for; nil where only the limits count.
    var figure: Double? {
        switch self {
        case .reliability(let figure), .kendallTau(let figure), .gradeDeviation(let figure): figure
        case .budget: nil
        }
    }
}
