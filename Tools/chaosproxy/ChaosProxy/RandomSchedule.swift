import CJCore

/// Faults by chance, each followed by a while without any; the same seed gives the same ones.
public struct RandomSchedule: Sendable, IteratorProtocol {
    /// A fault, and how long it and the peace before it last.
    public struct Step: Sendable, Hashable {
        public let peaceMilliseconds: Int
        public let fault: Fault
        public let milliseconds: Int
    }

    private var generator: SplitMix64
    private let faults: [Fault]
    private let peace: ClosedRange<Int>
    private let duration: ClosedRange<Int>

    /// - Parameters:
    ///   - faults: at least one.
    ///   - peace: milliseconds between two faults.
    ///   - duration: milliseconds that a fault lasts.
    public init(seed: UInt64, faults: [Fault], peace: ClosedRange<Int>, duration: ClosedRange<Int>) {
        precondition(!faults.isEmpty, "a schedule needs a fault")
        generator = SplitMix64(seed: seed)
        self.faults = faults
        self.peace = peace
        self.duration = duration
    }

    /// There is always a next one.
    public mutating func next() -> Step? {
        let pause = Int.random(in: peace, using: &generator)
        let fault = faults[Int.random(in: faults.indices, using: &generator)]
        return Step(peaceMilliseconds: pause, fault: fault, milliseconds: Int.random(in: duration, using: &generator))
    }
}
