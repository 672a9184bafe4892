import Foundation

/// What a client takes from the processors that it shares with the server.
public struct ClientCost: Sendable {
    /// User and system time.
    public let processorMicroseconds: Double
    /// How often a thread of the client stopped to wait, or was made to.
    public let contextSwitches: Double

    private init(processorMicroseconds: Double, contextSwitches: Double) {
        self.processorMicroseconds = processorMicroseconds
        self.contextSwitches = contextSwitches
    }

    /// What this process has taken so far.
    static func ofThisProcess() -> ClientCost { ClientCost(of: RUSAGE_SELF) }

    /// What programs have taken that this process ran and that have ended.
    static func ofEndedPrograms() -> ClientCost { ClientCost(of: RUSAGE_CHILDREN) }

    private init(of who: __rusage_who) {
        var usage = rusage()
        getrusage(__rusage_who_t(who.rawValue), &usage)
        func microseconds(_ time: timeval) -> Double { 1e6 * Double(time.tv_sec) + Double(time.tv_usec) }
        self.init(
            processorMicroseconds: microseconds(usage.ru_utime) + microseconds(usage.ru_stime),
            contextSwitches: Double(usage.ru_nvcsw + usage.ru_nivcsw))
    }

    /// What each of `count` pieces of work took that were done since `start`.
    func since(_ start: ClientCost, per count: Int) -> ClientCost {
        ClientCost(
            processorMicroseconds: processorMicroseconds - start.processorMicroseconds,
            contextSwitches: contextSwitches - start.contextSwitches
        ).perPart(of: count)
    }

    func perPart(of count: Int) -> ClientCost {
        ClientCost(
            processorMicroseconds: processorMicroseconds / Double(count), contextSwitches: contextSwitches / Double(count))
    }
}
