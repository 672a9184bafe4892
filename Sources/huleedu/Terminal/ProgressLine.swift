import CJCore

/// The one line that tells how far a run has come, made to fit a width.
struct ProgressLine: Sendable {
    let language: Language

    /// The line's text, without line end, in at most `columns` columns where that is given.
    func text(_ snapshot: ProgressSnapshot, timeLeft: Duration?, columns: Int?) -> String {
        // From the most to the least important: what does not fit is dropped from the end.
        let parts = [
            judged(snapshot), reliability(snapshot), spent(snapshot), timeLeft.map(left), failures(snapshot),
        ].compactMap(\.self)
        guard let columns else { return parts.joined(separator: " · ") }
        var line = DisplayWidth.truncated(parts[0], to: columns)
        for part in parts.dropFirst() {
            let longer = line + " · " + part
            guard DisplayWidth.of(longer) <= columns else { continue }
            line = longer
        }
        return withBar(line, snapshot: snapshot, columns: columns)
    }

    private func judged(_ snapshot: ProgressSnapshot) -> String {
        let done = DecimalText.count(snapshot.judged, language: language)
        guard let expected = snapshot.expected, expected > 0 else {
            return language.say("\(done) judged", "\(done) bedömda")
        }
        // An estimate that has been overtaken would read as an error.
        let total = DecimalText.count(max(expected, snapshot.judged), language: language)
        return language.say("\(done) of about \(total) judged", "\(done) av ungefär \(total) bedömda")
    }

    private func reliability(_ snapshot: ProgressSnapshot) -> String? {
        let goal = snapshot.goal.short(in: language)
        guard let reliability = snapshot.reliability else {
            return goal.map { language.say("aiming for \($0)", "mål: \($0)") }
        }
        let now =
            language.say("reliability ", "reliabilitet ") + DecimalText.text(max(0, reliability), decimals: 2, language: language)
        switch snapshot.goal {
        case .reliability(let target):
            let target = DecimalText.text(target, decimals: 2, language: language)
            return now + language.say(" of \(target)", " av \(target)")
        case .kendallTau, .gradeDeviation: return now + (goal.map { language.say(", aiming for \($0)", ", mål: \($0)") } ?? "")
        case .budget: return now
        }
    }

    private func spent(_ snapshot: ProgressSnapshot) -> String? {
        if snapshot.simulated { return language.say("simulated", "simulerat") }
        guard let spent = snapshot.spent?.formatted(in: language) else { return nil }
        guard let forecast = snapshot.forecast?.formatted(in: language), forecast != spent else { return spent }
        return language.say("\(spent) of about \(forecast)", "\(spent) av ungefär \(forecast)")
    }

    private func left(_ duration: Duration) -> String {
        language.say("\(DurationText.text(duration)) left", "\(DurationText.text(duration)) kvar")
    }

    private func failures(_ snapshot: ProgressSnapshot) -> String? {
        guard snapshot.failed > 0 else { return nil }
        let failed = DecimalText.count(snapshot.failed, language: language)
        return language.say("\(failed) given up", "\(failed) uppgivna")
    }

    /// A bar before the line, where there is room for one that says something.
    private func withBar(_ line: String, snapshot: ProgressSnapshot, columns: Int) -> String {
        let room = min(24, columns - DisplayWidth.of(line) - 3)
        guard room >= 8, let expected = snapshot.expected, expected > 0 else { return line }
        let share = min(1, Double(snapshot.judged) / Double(expected))
        let full = Int((share * Double(room)).rounded(.down))
        return String(repeating: "█", count: full) + String(repeating: "░", count: room - full) + "  " + line
    }
}
