internal import CCurl

extension CurlError.Code {
    /// What libcurl's code means to a caller. `hasBegun` is true when bytes of the request had been written.
    init(_ code: CURLcode, hasBegun: Bool) {
        self =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .couldNotResolve
            case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED, CURLE_PROXY: .couldNotConnect
            case CURLE_OPERATION_TIMEDOUT: .timeout
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
                CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS,
                CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED,
                CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED, CURLE_SSL_CLIENTCERT:
                .tls
            case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2, CURLE_HTTP2_STREAM,
                CURLE_SEND_FAIL_REWIND, CURLE_UPLOAD_FAILED, CURLE_SSL_SHUTDOWN_FAILED:
                .connectionLost
            case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_HTTP_RETURNED_ERROR: .protocolViolation
            // Said of `gopher://`, and of an answer that looks like HTTP 0.9.
            case CURLE_UNSUPPORTED_PROTOCOL: hasBegun ? .protocolViolation : .invalidURL
            case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED: .invalidURL
            case CURLE_FILESIZE_EXCEEDED: .responseTooLarge
            default: .internalFailure
            }
    }
}
