/// A line of a batch's results: the vendor's bytes.
package struct BatchResultLine: Sendable {
    enum Outcome: Sendable {
        /// The message, unchecked.
        case succeeded(JSONValue)
        /// The error's type and the whole of what was said.
        case errored(type: String, JSONValue)
        /// It was not come to before the batch was cancelled.
        case canceled
        /// It was not come to in the batch's time.
        case expired
        /// The line says nothing that the contract knows.
        case unreadable
    }

    /// The name that the request was given.
    package let customID: String
    let outcome: Outcome

    /// Reads a line without its end; nil where it does not say which request it is about.
    package init?(_ line: [UInt8]) {
        guard let value = JSONValue(line), let customID = value["custom_id"]?.text else { return nil }
        self.customID = customID
        let result = value["result"]
        switch result?["type"]?.text {
        case "succeeded": outcome = result?["message"].map { .succeeded($0) } ?? .unreadable
        case "errored":
            let error = result?["error"]
            outcome = error.flatMap { said in said["error"]?["type"]?.text.map { .errored(type: $0, said) } } ?? .unreadable
        case "canceled": outcome = .canceled
        case "expired": outcome = .expired
        default: outcome = .unreadable
        }
    }
}

/// Cuts bytes that come in pieces into lines.
package struct LineSplitter: Sendable {
    /// Bytes of the longest line; a longer one is passed over.
    let limit: Int
    private var rest: [UInt8] = []
    private var isTooLong = false
    /// Lines that were passed over.
    package private(set) var skipped = 0

    package init(limit: Int) {
        self.limit = limit
    }

    /// The lines that end in a piece, without their ends and without empty ones.
    package mutating func lines(in piece: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = piece[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            add(rest[..<end])
            if let line = take() { lines.append(line) }
            rest = rest[(end + 1)...]
        }
        add(rest)
        return lines
    }

    /// The last line, where nothing ends it; nil for none.
    package mutating func last() -> [UInt8]? { take() }

    private mutating func add(_ bytes: ArraySlice<UInt8>) {
        guard !isTooLong else { return }
        isTooLong = bytes.count > limit - rest.count
        if isTooLong { rest = [] } else { rest += bytes }
    }

    private mutating func take() -> [UInt8]? {
        defer {
            rest = []
            isTooLong = false
        }
        if isTooLong { skipped += 1 }
        return rest.isEmpty ? nil : rest
    }
}
