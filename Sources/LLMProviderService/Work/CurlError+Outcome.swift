import CurlClient

extension CurlError {
    /// What a call without an answer says about the vendor's load and limits; nothing reached it where there was no connection.
    var ending: Lane<PreparedRequest>.Ending { meaning.ending }

    /// What it is to the request.
    var failure: AttemptFailure {
        let kind = meaning.kind
        return AttemptFailure(
            kind: kind, message: kind == .unreachable ? "the provider can't be reached: \(message)" : message)
    }

    private var meaning: (kind: AttemptFailure.Kind, ending: Lane<PreparedRequest>.Ending) {
        switch code {
        case .invalidURL, .invalidRequest: (.invalidRequest, .unsent)
        case .overloaded, .shutDown: (.unreachable, .unsent)
        case .couldNotResolve, .couldNotConnect: (.unreachable, .unreached)
        case .timeout: (.unreachable, .overloaded(pause: nil))
        case .tls, .connectionLost: (.unreachable, .cut)
        case .responseTooLarge, .protocolViolation: (.unreadableReply, .failed)
        case .cancelled, .internalFailure: (.unreachable, .abandoned)
        }
    }
}
