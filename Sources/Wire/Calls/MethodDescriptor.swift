/// One method of a service, by the names that travel in a request. Those alone make two descriptors equal.
public struct MethodDescriptor: Sendable, Hashable, CustomStringConvertible {
    /// Full protobuf name of the service, `huleedu.cj.v1.CJAssessment` for example.
    public let service: String
    /// Bare name of the method.
    public let method: String
    /// Whether its contract says that a call has the effect of one, however often it runs: `idempotency_level` is `IDEMPOTENT` or
    /// `NO_SIDE_EFFECTS`. A server, which knows a method by its names, does not ask.
    public let isIdempotent: Bool

    public init(service: String, method: String, isIdempotent: Bool = false) {
        self.service = service
        self.method = method
        self.isIdempotent = isIdempotent
    }

    public static func == (left: MethodDescriptor, right: MethodDescriptor) -> Bool {
        left.service == right.service && left.method == right.method
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(service)
        hasher.combine(method)
    }

    public var description: String { "\(service)/\(method)" }
}
