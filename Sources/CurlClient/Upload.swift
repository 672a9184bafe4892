/// Hands out a request's body, and decides whether it may be handed out again.
///
/// When a reused connection turns out to be dead before any byte of the response, libcurl silently starts over on another one,
/// whatever the method. For a paid call that is only right when the server can't have had the complete request.
struct Upload {
    private let body: [UInt8]
    private let maySafelyBeRepeated: Bool
    private(set) var attempts = 0
    private var offset = 0

    init(body: [UInt8], maySafelyBeRepeated: Bool) {
        self.body = body
        self.maySafelyBeRepeated = maySafelyBeRepeated
    }

    /// Called as each attempt begins. Returns false when the attempt must not be made.
    mutating func begin() -> Bool {
        let wasHandedOutInFull = attempts > 0 && offset == body.count
        guard !wasHandedOutInFull || maySafelyBeRepeated else { return false }
        attempts += 1
        offset = 0
        return true
    }

    /// Copies the next bytes into `buffer` and returns how many; zero at the end.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, body.count - offset)
        guard count > 0 else { return 0 }
        buffer.copyBytes(from: body[offset..<offset + count])
        offset += count
        return count
    }
}
