import ChaosProxy
import Foundation

/// What is asked of a running proxy.
struct Session: Sendable {
    let proxy: ChaosProxy
    /// Nil where nothing is looked for.
    let trigger: CutRule.Trigger?

    /// Carries out commands, one a line.
    ///
    /// - Returns: true when one of them asked for the end, false when there are no more.
    func run() async -> Bool {
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        // Reading a line blocks, so it has a thread of its own.
        Thread.detachNewThread {
            while let line = readLine() { continuation.yield(line) }
            continuation.finish()
        }
        for await line in lines {
            let words = line.split(separator: " ").map(String.init)
            guard words != ["quit"] else {
                ChaosProxyCommand.say("ok quit")
                return true
            }
            if !words.isEmpty { ChaosProxyCommand.say(await answer(words)) }
        }
        return false
    }

    /// Goes through faults until cancelled.
    func run(_ schedule: RandomSchedule) async -> Bool {
        var schedule = schedule
        while let step = schedule.next() {
            do {
                try await Task.sleep(for: .milliseconds(step.peaceMilliseconds))
                try await proxy.apply(step.fault)
                try await Task.sleep(for: .milliseconds(step.milliseconds))
                try await proxy.apply(.none)
            } catch {
                return false
            }
        }
        return false
    }

    private func answer(_ words: [String]) async -> String {
        switch (words[0], words.count) {
        case ("status", 1): return "ok \(status)"
        case ("arm", 2...3):
            guard let trigger else { return "error nothing is looked for; give --cut-at or --cut-at-statement" }
            guard let moment = CutRule.Moment(rawValue: words[1]) else { return "error expected before, after or reply" }
            guard let count = words.count == 2 ? 1 : Int(words[2]), (1...1_000_000).contains(count) else {
                return "error expected a count from 1 to 1000000"
            }
            trigger.arm(Array(repeating: moment, count: count))
            return "ok arm \(moment.rawValue) \(count)"
        case (let text, 1):
            guard let fault = Fault(text) else { return "error no command and no fault; faults: \(Fault.notation)" }
            do {
                try await proxy.apply(fault)
                return "ok \(fault)"
            } catch {
                return "error \(error)"
            }
        default: return "error expected a fault, arm MOMENT [COUNT], status or quit"
        }
    }

    private var status: String {
        let statistics = proxy.statistics
        return """
            fault=\(proxy.fault) accepted=\(statistics.accepted) open=\(statistics.open) cuts=\(statistics.cuts) \
            resets=\(statistics.resets) silenced=\(statistics.silenced) upstream_bytes=\(statistics.upstreamBytes) \
            downstream_bytes=\(statistics.downstreamBytes) armed=\(trigger?.armed ?? 0)
            """
    }
}
