/// One method of a service, by the names that travel in a request.
public struct MethodDescriptor: Sendable, Hashable, CustomStringConvertible {
    /// Full protobuf name of the service, `huleedu.cj.v1.CJAssessment` for example.
    public let service: String
    /// Bare name of the method.
    public let method: String

    public init(service: String, method: String) {
        self.service = service
        self.method = method
    }

    public var description: String { "\(service)/\(method)" }
}
