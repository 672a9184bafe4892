internal import CCurl
internal import CCurlShims

/// One transfer that libcurl works on: its handle, what is still to be sent and what has come back.
///
/// It is confined to the loop's thread. libcurl's callbacks find it through an unretained pointer, which is sound because the loop
/// holds it until after the handle has left the multi handle.
final class ActiveTransfer {
    private enum Refusal {
        case bodyTooLarge
        case headersTooLarge
        case repetition
    }

    let pending: PendingTransfer
    private let handle: EasyHandle
    private let errorText: UnsafeMutablePointer<CChar>
    private var upload: Upload
    private var headers: HeaderCollector
    private var body: [UInt8] = []
    /// Bytes of the body so far, also of one that is not kept.
    private var bodyCount = 0
    private var refusal: Refusal?
    private let limits: CurlClient.Configuration

    var easy: UnsafeMutableRawPointer { handle.pointer }

    init(_ pending: PendingTransfer, configuration: CurlClient.Configuration) throws(CurlError) {
        guard var handle = EasyHandle() else { throw .notSent(.internalFailure, "out of memory") }
        let request = pending.request
        let remaining = ContinuousClock.now.duration(to: pending.deadline)
        try handle.configure(request, remaining: remaining, configuration: configuration)
        self.pending = pending
        self.handle = handle
        limits = configuration
        upload = Upload(body: request.body, maySafelyBeRepeated: request.maySafelyBeRepeated)
        headers = HeaderCollector(limit: configuration.maxHeaderBytes)
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try install()
    }

    deinit {
        errorText.deallocate()
    }

    /// What the caller gets once libcurl is done.
    func outcome(_ code: CURLcode) -> PendingTransfer.Outcome {
        let elapsed = pending.submitted.duration(to: .now)
        guard code == CURLE_OK else { return .failure(failure(code)) }
        guard let status = headers.completeStatus else {
            return .failure(
                CurlError(
                    code: .connectionLost, message: "the connection ended before the header fields did",
                    requestMayHaveBeenSent: true))
        }
        guard (200...599).contains(status) else {
            return .failure(
                CurlError(code: .protocolViolation, message: "the answer's status is \(status)", requestMayHaveBeenSent: true))
        }
        return .success(HTTPResponse(status: status, headers: headers.headers, body: body, elapsed: elapsed))
    }

    /// What the caller gets when the loop ends the transfer itself.
    func aborted(_ code: CurlError.Code, _ message: String) -> PendingTransfer.Outcome {
        .failure(CurlError(code: code, message: message, requestMayHaveBeenSent: mayHaveBeenSent))
    }

    private func failure(_ code: CURLcode) -> CurlError {
        let text = errorText.pointee == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: errorText)
        let hasBegun = handle.long(CURLINFO_REQUEST_SIZE) > 0
        let (kind, message): (CurlError.Code, String) =
            switch refusal {
            case .bodyTooLarge: (.responseTooLarge, "the body is longer than \(pending.request.maxResponseBytes) bytes")
            case .headersTooLarge: (.responseTooLarge, "the header fields are longer than \(limits.maxHeaderBytes) bytes")
            case .repetition: (.connectionLost, "a reused connection died after the whole request was written to it")
            // libcurl 7.88 runs out of its own buffer at a line of 100 KiB and calls that a lack of memory.
            case nil where code == CURLE_OUT_OF_MEMORY && hasBegun && headers.completeStatus == nil:
                (.responseTooLarge, "a header field is longer than libcurl takes")
            case nil: (CurlError.Code(code, hasBegun: hasBegun), text)
            }
        return CurlError(
            code: kind, message: message, requestMayHaveBeenSent: mayHaveBeenSent, curlCode: Int32(code.rawValue))
    }

    /// A server that lacks the last byte of the body can't have understood the request.
    private var mayHaveBeenSent: Bool {
        if refusal == .repetition || headers.byteCount > 0 { return true }
        let count = pending.request.body.count
        return count == 0 ? handle.long(CURLINFO_REQUEST_SIZE) > 0 : handle.offset(CURLINFO_SIZE_UPLOAD_T) >= count
    }

    /// Goes on where the reader of the body had no room for more.
    func resume() {
        // Where it fails, the transfer goes on standing still until its time is over.
        _ = curl_easy_pause(handle.pointer, CURLPAUSE_CONT)
    }

    // MARK: Callbacks

    private func install() throws(CurlError) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        try handle.set(CURLOPT_ERRORBUFFER, UnsafeMutableRawPointer(errorText))
        try handle.set(CURLOPT_WRITEDATA, context)
        try handle.set(CURLOPT_WRITEFUNCTION) { buffer, size, count, context in
            ActiveTransfer.at(context).receiveBody(UnsafeRawBufferPointer(start: buffer, count: size * count))
        }
        try handle.set(CURLOPT_HEADERDATA, context)
        try handle.set(CURLOPT_HEADERFUNCTION) { buffer, size, count, context in
            ActiveTransfer.at(context).receiveHeader(UnsafeRawBufferPointer(start: buffer, count: size * count))
        }
        try handle.set(CURLOPT_READDATA, context)
        try handle.set(CURLOPT_READFUNCTION) { buffer, size, count, context in
            ActiveTransfer.at(context).upload.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
        }
        // Rewinding happens in `begin`, which libcurl calls before every attempt; the seek callback only has to agree to it.
        try handle.setSeek { _, offset, _ in offset == 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL }
        try handle.set(CURLOPT_PREREQDATA, context)
        try handle.setRequestBegins { context, _, _, _, _ in ActiveTransfer.at(context).begin() }
        try handle.set(CURLOPT_PRIVATE, context)
    }

    /// The transfer whose handle was given this pointer.
    static func at(_ context: UnsafeMutableRawPointer?) -> ActiveTransfer {
        guard let context else { preconditionFailure("libcurl lost the context of a callback") }
        return Unmanaged<ActiveTransfer>.fromOpaque(context).takeUnretainedValue()
    }

    private func begin() -> Int32 {
        guard upload.begin() else {
            refusal = .repetition
            return CURL_PREREQFUNC_ABORT
        }
        return CURL_PREREQFUNC_OK
    }

    private func receiveHeader(_ line: UnsafeRawBufferPointer) -> Int {
        guard headers.receive(line: line) else {
            refusal = .headersTooLarge
            return 0
        }
        return line.count
    }

    private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count <= pending.request.maxResponseBytes - bodyCount else {
            refusal = .bodyTooLarge
            return 0
        }
        if let reader = pending.body, headers.completeStatus == 200 {
            // libcurl keeps these and brings them again.
            guard reader.receive(bytes) else { return Int(CURL_WRITEFUNC_PAUSE) }
        } else {
            body.append(contentsOf: bytes)
        }
        bodyCount += bytes.count
        return bytes.count
    }
}
