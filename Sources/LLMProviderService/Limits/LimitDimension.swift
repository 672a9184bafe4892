/// What vendors count, each for itself, in every minute.
enum LimitDimension: String, Sendable, Hashable, CaseIterable {
    case requests
    /// Tokens that are read; with vendors that have one limit for tokens of both kinds, those.
    case inputTokens = "input tokens"
    case outputTokens = "output tokens"
}

/// A value for each dimension.
struct PerDimension<Value: Sendable>: Sendable {
    var requests: Value
    var inputTokens: Value
    var outputTokens: Value

    init(requests: Value, inputTokens: Value, outputTokens: Value) {
        self.requests = requests
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
    }

    init(all value: Value) {
        self.init(requests: value, inputTokens: value, outputTokens: value)
    }

    subscript(dimension: LimitDimension) -> Value {
        get {
            switch dimension {
            case .requests: requests
            case .inputTokens: inputTokens
            case .outputTokens: outputTokens
            }
        }
        set {
            switch dimension {
            case .requests: requests = newValue
            case .inputTokens: inputTokens = newValue
            case .outputTokens: outputTokens = newValue
            }
        }
    }

    func map<Other>(_ transform: (LimitDimension, Value) -> Other) -> PerDimension<Other> {
        PerDimension<Other>(
            requests: transform(.requests, requests), inputTokens: transform(.inputTokens, inputTokens),
            outputTokens: transform(.outputTokens, outputTokens))
    }
}

extension PerDimension: Equatable where Value: Equatable {}
extension PerDimension: Hashable where Value: Hashable {}

/// What one request takes of its lane's limits: one request and so many tokens.
typealias Charge = PerDimension<Int64>

extension Charge {
    /// More than any limit in use; no charge of so much overflows.
    static let most: Int64 = 1_000_000_000_000

    init(inputTokens: Int64, outputTokens: Int64) {
        self.init(
            requests: 1, inputTokens: min(max(0, inputTokens), Self.most), outputTokens: min(max(0, outputTokens), Self.most))
    }

    /// Makes each part at least what it is in another.
    mutating func raise(to other: Charge) { self = map { dimension, units in Swift.max(units, other[dimension]) } }

    /// Of a request that never reached the vendor.
    static let nothing = Charge(all: 0)
}
