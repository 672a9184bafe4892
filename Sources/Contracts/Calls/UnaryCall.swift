import Wire

/// What every generated client and server does between bytes and values.
enum UnaryCall {
    /// Decodes a request, has it answered, encodes the response.
    static func answer<Request: WireMessage, Response: WireMessage>(
        _ payload: [UInt8], _ body: (Request) async throws -> Response
    ) async throws -> [UInt8] {
        let request: Request
        do throws(DecodingError) {
            request = try Request(decoding: payload)
        } catch {
            throw RPCError(.invalidArgument, "\(Request.typeName): \(error.description)", cause: error)
        }
        let response = try await body(request)
        do throws(EncodingError) {
            return try response.encoded()
        } catch {
            throw RPCError(.internal, "the answer could not be written as \(Response.typeName)", cause: error)
        }
    }
}

extension ClientTransport {
    /// Encodes a request, calls, decodes the response.
    func call<Request: WireMessage, Response: WireMessage>(
        _ method: MethodDescriptor, _ request: Request, options: CallOptions
    ) async throws -> Response {
        let payload: [UInt8]
        do throws(EncodingError) {
            payload = try request.encoded()
        } catch {
            throw RPCError(.invalidArgument, "\(Request.typeName): \(error.description)", cause: error)
        }
        let answer = try await call(method, payload: payload, options: options)
        do throws(DecodingError) {
            return try Response(decoding: answer)
        } catch {
            throw RPCError(.internal, "\(method) answered with no \(Response.typeName): \(error.description)", cause: error)
        }
    }
}
