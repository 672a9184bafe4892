extension CurlClient {
    /// Sends a request and gives the body of an answer with status 200 to a reader as it comes; nothing of it is kept. While the reader is at
    /// work the transfer goes on for some hundred kilobytes, then the server waits.
    ///
    /// - Parameter receive: gets the bytes in order, in pieces that mean nothing. When it throws, the transfer is ended.
    /// - Returns: the answer, without the body that was given to the reader; the body of any other status is in it.
    /// - Throws: ``CurlError``, also after a part of the body has been given to the reader; what `receive` throws.
    public func stream(
        _ request: HTTPRequest, receive: ([UInt8]) async throws -> Void
    ) async throws -> HTTPResponse {
        let body = ArrivingBody()
        let id = loop.makeID()
        async let response = send(request, id: id, into: body)
        while let bytes = await body.next(resume: { loop.resume(id) }) { try await receive(bytes) }
        return try await response
    }
}
