/// What every generated client and server does between bytes and values.
package enum UnaryCall {
    /// Decodes a request, has it answered, encodes the response.
    package static func answer<Request: WireMessage, Response: WireMessage>(
        _ payload: [UInt8], _ body: (Request) async throws -> Response
    ) async throws -> [UInt8] {
        try answer(try await body(try request(payload)))
    }

    static func request<Request: WireMessage>(_ payload: [UInt8]) throws(RPCError) -> Request {
        do throws(DecodingError) {
            return try Request(decoding: payload)
        } catch {
            throw RPCError(.invalidArgument, "\(Request.typeName): \(error.description)", cause: error)
        }
    }

    static func answer<Response: WireMessage>(_ response: Response) throws(RPCError) -> [UInt8] {
        do throws(EncodingError) {
            return try response.encoded()
        } catch {
            throw RPCError(.internal, "the answer could not be written as \(Response.typeName)", cause: error)
        }
    }

    static func payload<Request: WireMessage>(_ request: Request) throws(RPCError) -> [UInt8] {
        do throws(EncodingError) {
            return try request.encoded()
        } catch {
            throw RPCError(.invalidArgument, "\(Request.typeName): \(error.description)", cause: error)
        }
    }

    static func response<Response: WireMessage>(_ answer: [UInt8], of method: MethodDescriptor) throws(RPCError) -> Response {
        do throws(DecodingError) {
            return try Response(decoding: answer)
        } catch {
            throw RPCError(.internal, "\(method) answered with no \(Response.typeName): \(error.description)", cause: error)
        }
    }
}

extension ClientTransport {
    /// Encodes a request, calls, decodes the response.
    package func call<Request: WireMessage, Response: WireMessage>(
        _ method: MethodDescriptor, _ request: Request, options: CallOptions
    ) async throws -> Response {
        let answer = try await call(method, payload: try UnaryCall.payload(request), options: options)
        return try UnaryCall.response(answer, of: method)
    }
}
