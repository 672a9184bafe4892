/// Decides what is written when progress is reported; the caller writes it, to standard error.
///
/// On a terminal the line is redrawn in place, at most ten times a second; elsewhere a line is written every five seconds.
/// Time is what the caller says it is.
struct ProgressDisplay: Sendable {
    /// When lines are written.
    struct Pace: Sendable, Hashable {
        var onTerminal = Duration.milliseconds(100)
        var elsewhere = Duration.seconds(5)
    }

    /// Judgements from which on the time left is told.
    static let judgementsBeforeEstimate = 5

    private let capabilities: TerminalCapabilities
    private let line: ProgressLine
    private let pace: Pace
    private let isSilent: Bool

    private var lastWrite: Duration?
    private var lastText = ""
    private var began: (judged: Int, at: Duration)?

    /// Creates the display; a silent one (`--quiet`, `--json`) never writes anything.
    init(capabilities: TerminalCapabilities, language: Language, isSilent: Bool, pace: Pace = Pace()) {
        self.capabilities = capabilities
        line = ProgressLine(language: language)
        self.isSilent = isSilent
        self.pace = pace
    }

    /// What to write for a report at a moment, counted from any fixed beginning; nil for nothing.
    mutating func report(_ snapshot: ProgressSnapshot, at now: Duration) -> String? {
        guard !isSilent else { return nil }
        let began = self.began ?? (snapshot.judged, now)
        self.began = began
        let interval = capabilities.isTerminal ? pace.onTerminal : pace.elsewhere
        if let lastWrite, now - lastWrite < interval { return nil }
        return write(snapshot, timeLeft: timeLeft(snapshot, since: began, now: now), at: now)
    }

    /// What to write when the run has ended: the last state, and an end to the line.
    mutating func finish(_ snapshot: ProgressSnapshot, at now: Duration) -> String? {
        guard !isSilent else { return nil }
        if capabilities.isTerminal { return (write(snapshot, timeLeft: nil, at: now) ?? "") + "\n" }
        return write(snapshot, timeLeft: nil, at: now)
    }

    private mutating func write(_ snapshot: ProgressSnapshot, timeLeft: Duration?, at now: Duration) -> String? {
        // One column is left free: a terminal wraps when the last one is written.
        let text = line.text(snapshot, timeLeft: timeLeft, columns: capabilities.columns.map { $0 - 1 })
        guard text != lastText else { return nil }
        lastWrite = now
        lastText = text
        return capabilities.isTerminal ? "\r\(text)\u{1B}[K" : text + "\n"
    }

    /// From the pace since the display began, so that what a resumed run had done before does not count as speed.
    private func timeLeft(
        _ snapshot: ProgressSnapshot, since began: (judged: Int, at: Duration), now: Duration
    ) -> Duration? {
        let done = snapshot.judged - began.judged
        guard done >= Self.judgementsBeforeEstimate, let expected = snapshot.expected, expected > snapshot.judged else {
            return nil
        }
        return (now - began.at) / done * (expected - snapshot.judged)
    }
}
