internal import CCurl
internal import CCurlShims

/// The owner of one libcurl transfer handle and of the lists it refers to.
///
/// It lives on the thread of its ``TransferLoop`` and nowhere else.
struct EasyHandle: ~Copyable {
    let pointer: UnsafeMutableRawPointer
    private var headerList: UnsafeMutablePointer<curl_slist>?

    /// Nil when libcurl has no memory for it.
    init?() {
        guard let pointer = curl_easy_init() else { return nil }
        self.pointer = pointer
        headerList = nil
    }

    deinit {
        curl_easy_cleanup(pointer)
        curl_slist_free_all(headerList)
    }

    func set(_ option: CURLoption, _ value: Int) throws(CurlError) {
        try check(huleedu_curl_set_long(pointer, option, value))
    }

    func set(_ option: CURLoption, offset value: Int) throws(CurlError) {
        try check(huleedu_curl_set_offset(pointer, option, curl_off_t(value)))
    }

    /// libcurl copies the string.
    func set(_ option: CURLoption, _ value: String) throws(CurlError) {
        try check(huleedu_curl_set_string(pointer, option, value))
    }

    /// Takes away what libcurl was built with.
    func unset(_ option: CURLoption) throws(CurlError) {
        try check(huleedu_curl_set_string(pointer, option, nil))
    }

    func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) throws(CurlError) {
        try check(huleedu_curl_set_pointer(pointer, option, value))
    }

    func set(_ option: CURLoption, callback: huleedu_curl_transfer_callback) throws(CurlError) {
        try check(huleedu_curl_set_transfer_callback(pointer, option, callback))
    }

    func setSeek(_ callback: huleedu_curl_seek_callback) throws(CurlError) {
        try check(huleedu_curl_set_seek_callback(pointer, callback))
    }

    func setRequestBegins(_ callback: huleedu_curl_request_begins_callback) throws(CurlError) {
        try check(huleedu_curl_set_request_begins_callback(pointer, callback))
    }

    func keepSocketsPrivate() throws(CurlError) {
        try check(huleedu_curl_keep_sockets_private(pointer))
    }

    /// Sets the header lines, which this handle then keeps for as long as libcurl needs them.
    mutating func setHeaders(_ lines: [String]) throws(CurlError) {
        for line in lines {
            guard let longer = curl_slist_append(headerList, line) else {
                throw .notSent(.internalFailure, "out of memory")
            }
            headerList = longer
        }
        try check(huleedu_curl_set_list(pointer, CURLOPT_HTTPHEADER, headerList))
    }

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        return huleedu_curl_get_long(pointer, info, &value) == CURLE_OK ? value : 0
    }

    func offset(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        return huleedu_curl_get_offset(pointer, info, &value) == CURLE_OK ? Int(value) : 0
    }

    private func check(_ code: CURLcode) throws(CurlError) {
        guard code != CURLE_OK else { return }
        throw CurlError(
            code: .internalFailure, message: "libcurl refused an option: \(String(cString: curl_easy_strerror(code)))",
            requestMayHaveBeenSent: false, curlCode: Int32(code.rawValue))
    }
}
