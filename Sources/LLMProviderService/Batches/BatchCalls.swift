import CurlClient
import Logging

/// The calls to a vendor that concern batches.
struct BatchCalls: Sendable {
    let provider: ProviderConfiguration
    let http: CurlClient
    let configuration: LLMProviderConfiguration

    /// What came of handing a batch over.
    enum Submission: Sendable, Hashable {
        case accepted(VendorBatch)
        /// The vendor does not have it.
        case refused(AttemptFailure)
        /// The vendor may have it.
        case unknown(String)
    }

    /// Why a call brought nothing.
    struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
        let description: String
        /// The vendor knows of no such batch.
        var isUnknownBatch = false
    }

    private let dialect = AnthropicDialect()

    // MARK: - Handing over

    /// Why a batch is not handed over as it is, by its size; nil where it may be.
    func refusal(of body: [UInt8]) -> AttemptFailure? {
        let limit = min(http.maxRequestBytes, configuration.batches.maximumBytes)
        return body.count > limit ? .tooLarge(body.count, limit: limit) : nil
    }

    func create(_ body: [UInt8]) async -> Submission {
        do throws(CurlError) {
            return submission(
                try await http.send(request("POST", "", body: body, timeout: configuration.batches.submissionTimeout)))
        } catch {
            guard !error.requestMayHaveBeenSent else { return .unknown(error.message) }
            return .refused(AttemptFailure(kind: .unreachable, message: error.message, remedy: .wait(.seconds(5))))
        }
    }

    private func submission(_ response: HTTPResponse) -> Submission {
        switch response.status {
        case 200..<300:
            guard let batch = JSONValue(response.body).flatMap(VendorBatch.init) else {
                return .unknown("the answer is no batch")
            }
            return .accepted(batch)
        // It refuses what it has no room for before it does anything; 408 says that it waited for the rest.
        case 408: return .unknown("the provider answered 408")
        case 400..<500, 529:
            let failure = dialect.failure(response, requestID: response.headers["request-id"] ?? "")
            // Neither of them is about a request: the key may not hand batches over, or there is nobody who takes any.
            return .refused([403, 404].contains(response.status) ? failure.reaching(.account) : failure)
        default: return .unknown("the provider answered \(response.status)")
        }
    }

    // MARK: - Looking

    func look(at id: String) async throws -> VendorBatch {
        try await batch(request("GET", "/\(id)"))
    }

    func cancel(_ id: String) async throws {
        _ = try await batch(request("POST", "/\(id)/cancel"))
    }

    private func batch(_ request: HTTPRequest) async throws -> VendorBatch {
        let response = try checked(try await http.send(request))
        guard let batch = JSONValue(response.body).flatMap(VendorBatch.init) else {
            throw Fault(description: "the answer is no batch")
        }
        return batch
    }

    /// The vendor's batches of the account that were created after a time, the latest first.
    ///
    /// - Parameter time: in seconds since 1970.
    func batches(since time: Double) async throws -> [VendorBatch] {
        var batches: [VendorBatch] = []
        var cursor = ""
        for _ in 0..<Self.maximumPages {
            let response = try checked(try await http.send(request("GET", "?limit=100\(cursor)")))
            guard let page = JSONValue(response.body), let data = page["data"]?.elements else {
                throw Fault(description: "the answer is no list of batches")
            }
            let found = data.compactMap(VendorBatch.init)
            guard found.count == data.count else { throw Fault(description: "the list holds what is no batch") }
            batches += found.filter { $0.createdAt >= time }
            guard page["has_more"] == .bool(true), let last = found.last, last.createdAt >= time else { return batches }
            cursor = "&after_id=\(last.id)"
        }
        throw Fault(description: "the list of batches has no end")
    }

    private static let maximumPages = 100

    /// Gives the results of a batch to a reader, as they come and in pieces that mean nothing.
    func results(of id: String, receive: ([UInt8]) async throws -> Void) async throws {
        var request = request("GET", "/\(id)/results", timeout: configuration.batches.resultsTimeout)
        // No line is longer than an answer, and there are no more lines than a batch has requests.
        request.maxResponseBytes = BatchConfiguration.mostRequests * configuration.maximumReplyBytes
        _ = try checked(try await http.stream(request, receive: receive))
    }

    // MARK: - All of them

    private func checked(_ response: HTTPResponse) throws(Fault) -> HTTPResponse {
        guard response.status == 200 else {
            let failure = dialect.failure(response, requestID: "")
            let type = JSONValue(response.body)?["error"]?["type"]?.text
            // Others between us and the vendor say 404 too, in words of their own.
            throw Fault(
                description: failure.message, isUnknownBatch: response.status == 404 && type == "not_found_error")
        }
        return response
    }

    private func request(_ method: String, _ path: String, body: [UInt8] = [], timeout: Duration? = nil) -> HTTPRequest {
        HTTPRequest(
            method: method, url: provider.baseURL + AnthropicDialect.batches + path,
            headers: dialect.headers(key: provider.apiKey),
            body: body, connectTimeout: configuration.connectTimeout, timeout: timeout ?? configuration.callTimeout,
            // A list of a hundred batches has some sixty thousand bytes.
            maxResponseBytes: configuration.maximumReplyBytes)
    }
}
