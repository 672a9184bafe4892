internal import CCurl
internal import CCurlShims

/// libcurl's set of transfers.
///
/// Everything but ``wake()`` is for the loop's thread. It is sendable because ``wake()`` may be called from any thread, which the
/// loop's lock keeps from happening after ``close()``.
struct MultiHandle: @unchecked Sendable {
    private let pointer: UnsafeMutableRawPointer

    /// libcurl's process-wide tables, set up on first use; from 7.84 on that is safe from any thread.
    private static let isLibraryReady = curl_global_init(Int(CURL_GLOBAL_SSL | CURL_GLOBAL_WIN32)) == CURLE_OK

    /// Nil when libcurl can't be set up.
    init?(maxConnections: Int) {
        guard Self.isLibraryReady, let pointer = curl_multi_init() else { return nil }
        self.pointer = pointer
        // Kept connections, idle ones included; more would only be closed later.
        _ = huleedu_curl_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, maxConnections)
        _ = huleedu_curl_multi_set_long(pointer, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    }

    func wake() {
        _ = curl_multi_wakeup(pointer)
    }

    func close() {
        _ = curl_multi_cleanup(pointer)
    }

    func add(_ transfer: ActiveTransfer) throws(CurlError) {
        let code = curl_multi_add_handle(pointer, transfer.easy)
        guard code == CURLM_OK else {
            throw .notSent(.internalFailure, "libcurl refused a transfer: \(String(cString: curl_multi_strerror(code)))")
        }
    }

    func remove(_ transfer: ActiveTransfer) {
        _ = curl_multi_remove_handle(pointer, transfer.easy)
    }

    /// Lets every transfer do what it can without waiting.
    func perform() {
        var running: Int32 = 0
        _ = curl_multi_perform(pointer, &running)
    }

    /// The next transfer that has ended, with how it ended.
    func nextFinished() -> (transfer: UnsafeMutableRawPointer, code: CURLcode)? {
        var left: Int32 = 0
        while let message = curl_multi_info_read(pointer, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
            return (easy, message.pointee.data.result)
        }
        return nil
    }

    /// Waits for a socket, a timer of libcurl's, a wake-up, or `limit`.
    func wait(_ limit: Duration) {
        _ = curl_multi_poll(pointer, nil, 0, Int32(clamping: EasyHandle.milliseconds(limit)), nil)
    }
}
