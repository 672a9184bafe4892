public import Contracts

/// Carries events from those who tell to those who are told, in partitions whose order it keeps.
///
/// An aggregate's events all lie in the partition that ``EventLog/partition(of:among:)`` names, in the order in which they were
/// published. Positions in a partition rise by one. A bus may hold an event twice, at two positions, when its publisher had to try
/// again; it is known by its id then. What every bus has to do is written down in the tests' `EventBusConformance`.
public protocol EventBus: Sendable {
    var partitions: Int { get }

    /// Publishes events, at most ``EventLog/maximumBatch``; when it returns they will not be lost.
    ///
    /// Positions are the bus's to give. Events of one aggregate come in the order of their versions, and from one publisher at a time.
    ///
    /// - Throws: an error that leaves open which of the events were published; they may all be published again.
    func publish(_ events: [EventsV1.Event]) async throws

    /// The events of a partition after a position, oldest first; with none there it waits for one.
    ///
    /// - Parameter position: zero for a reader that begins, which then has the oldest event that is kept.
    /// - Returns: at least one event, or none when the wait is over or the task cancelled.
    func read(partition: Int, after position: Int64, limit: Int, upTo wait: Duration) async throws -> [EventsV1.Event]

    /// Lets go of what the bus holds; nothing may be published or read afterwards.
    func close() async
}
