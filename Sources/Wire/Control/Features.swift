/// What peers may do for each other beyond plain ttrpc, once both have said in a ``Hello`` that they can.
///
/// The number of each is that of `huleedu.wire.v1.Feature`.
public struct Features: OptionSet, Sendable, Hashable {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    private init(number: UInt32) {
        rawValue = 1 << number
    }

    /// Either side asks the other whether it is there.
    public static let ping = Features(number: 1)
    /// A server that takes no more calls says which it has taken.
    public static let goAway = Features(number: 2)
    /// Either side ends a call at once.
    public static let cancel = Features(number: 3)

    /// Messages of streams are sent as far as the other side has given credit.
    public static let window = Features(number: 4)
    /// Long messages are sent in pieces, which take turns.
    public static let fragments = Features(number: 5)

    /// Everything that this version knows.
    public static let all: Features = [.ping, .goAway, .cancel, .window, .fragments]

    /// Adds the feature of a number, if this version knows it.
    mutating func insert(number: UInt64) {
        if number < 32 { formUnion(Features(number: UInt32(number)).intersection(.all)) }
    }

    /// Their numbers, which rise.
    var numbers: [UInt8] { (0..<32).filter { contains(Features(number: UInt32($0))) } }
}
