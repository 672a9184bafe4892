import Testing

@testable import LLMProviderService

/// A vendor that answers the requests of batches, but for batches that a test refuses.
final class BatchVendor: Sendable {
    private let refusal: @Sendable (String) -> VendorServer.Answer?
    private let beforeResults: @Sendable (Int) -> Void
    /// The names of the requests of each batch that it took.
    private let batches = Shared<[[String]]>([])

    /// - Parameters:
    ///   - refusal: what it answers to a body that would hand a batch over; nil where it takes it.
    ///   - beforeResults: what it does before it sends the results of a batch, given how many it had taken before that one.
    init(
        refusal: @escaping @Sendable (String) -> VendorServer.Answer? = { _ in nil },
        beforeResults: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.refusal = refusal
        self.beforeResults = beforeResults
    }

    /// Requests that it took.
    var requests: Int { batches.value.reduce(0) { $0 + $1.count } }

    @Sendable func answer(_ request: VendorServer.Request) -> VendorServer.Answer {
        let words = request.head.split(separator: " ")
        if words[0] == "POST" {
            if let refused = refusal(request.text) { return refused }
            let names = request.text.split(separator: #""custom_id":""#).dropFirst().map { String($0.prefix { $0 != "\"" }) }
            let number = batches.update {
                $0.append(names)
                return $0.count - 1
            }
            return .reply(200, body: batch(number, "in_progress"))
        }
        let parts = words[1].split(separator: "/")
        guard parts.last == "results" else { return .reply(200, body: batch(Int(parts[3].dropFirst()) ?? 0, "ended")) }
        let number = Int(parts[3].dropFirst()) ?? 0
        let lines = batches.value[number].map {
            #"{"custom_id":"\#($0)","result":{"type":"succeeded","message":\#(Sample.message())}}"#
        }
        return .lines(lines.count) { [beforeResults] line in
            if line == 0 { beforeResults(number) }
            return lines[line]
        }
    }

    private func batch(_ number: Int, _ status: String) -> String {
        #"{"type":"message_batch","id":"b\#(number)","processing_status":"\#(status)","created_at":"2026-10-01T00:00:00Z"}"#
    }
}
