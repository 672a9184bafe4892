package import Wire

/// Which calls are wanted; all that is given must hold.
package struct CallFilter: Sendable {
    /// Patterns of `package.Service/Method`, in which `*` stands for any text; one of them must fit.
    package var methods: [String] = []
    package var codes: Set<StatusCode> = []
    package var onlyFaults = false
    package var longerThanNanoseconds: UInt64?
    package var largerThanBytes: Int?
    package var call: Call.ID?

    package init() {}

    package func accepts(_ call: Call) -> Bool {
        let name = call.method.map { "\($0.service)/\($0.method)" } ?? ""
        guard methods.isEmpty || methods.contains(where: { Self.fits(name[...], $0[...]) }) else { return false }
        if let wanted = self.call, wanted != call.id { return false }
        if case .answered(let code, _) = call.outcome {
            guard codes.isEmpty || codes.contains(code), !onlyFaults || code != .ok else { return false }
        } else if !codes.isEmpty {
            return false
        }
        return call.nanoseconds >= longerThanNanoseconds ?? 0
            && call.byteCount(.client) + call.byteCount(.server) >= largerThanBytes ?? 0
    }

    static func fits(_ text: Substring, _ pattern: Substring) -> Bool {
        var (text, pattern) = (text, pattern)
        // The last star, and what it has not yet been made to cover.
        var retry: (pattern: Substring, text: Substring)?
        while true {
            if pattern.first == "*" {
                pattern.removeFirst()
                retry = (pattern, text)
            } else if let first = text.first, pattern.first == first {
                text.removeFirst()
                pattern.removeFirst()
            } else if text.isEmpty, pattern.isEmpty {
                return true
            } else if let last = retry, !last.text.isEmpty {
                text = last.text.dropFirst()
                pattern = last.pattern
                retry = (pattern, text)
            } else {
                return false
            }
        }
    }
}
