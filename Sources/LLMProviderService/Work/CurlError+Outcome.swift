import CurlClient

extension CurlError {
    /// What a call without an answer says about the vendor's load and limits; nothing reached it where there was no connection.
    var ending: Lane<PreparedRequest>.Ending {
        switch code {
        case .invalidURL, .invalidRequest, .overloaded, .shutDown: .unsent
        case .couldNotResolve, .couldNotConnect: .unreached
        case .timeout: .overloaded(pause: nil)
        case .tls, .connectionLost: .cut
        case .responseTooLarge, .protocolViolation: .failed
        case .cancelled, .internalFailure: .abandoned
        }
    }

    /// What it is to the request.
    var failure: AttemptFailure {
        switch code {
        case .invalidURL, .invalidRequest:
            AttemptFailure(kind: .invalidRequest, message: message, remedy: .none)
        case .responseTooLarge, .protocolViolation:
            AttemptFailure(kind: .unreadableReply, message: message, remedy: .retry)
        case .couldNotResolve, .couldNotConnect, .timeout, .tls, .connectionLost, .cancelled, .overloaded, .shutDown,
            .internalFailure:
            AttemptFailure(kind: .unreachable, message: "the provider can't be reached: \(message)", remedy: .retry)
        }
    }
}
