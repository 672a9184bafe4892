import Wire

/// Compares the calls of two recordings: which there are, how they ended, what was said, and how long they took.
///
/// The first call of a method is compared with the first call of it in the other recording, and so on in the order in which they began; with
/// a key, among those whose requests have the same value in that field. Metadata is not compared, for much of it is new in each run.
package struct RecordingComparison: Sendable {
    /// A field was named that cannot be meant.
    package struct FieldError: Error, Sendable, Hashable, CustomStringConvertible {
        package enum Parameter: Sendable {
            case key, ignored
        }

        package let parameter: Parameter
        package let description: String
    }

    package struct Result: Sendable, Hashable {
        /// Pairs of calls that were compared.
        package internal(set) var pairs = 0
        /// Calls that were left out, because their requests were not captured.
        package internal(set) var unknown = 0
        /// Calls that differ, or that one side has alone.
        package internal(set) var differing = 0
    }

    private struct Group: Hashable {
        let method: MethodDescriptor
        let key: JSONValue?

        var name: String { "\(method.service)/\(method.method)" }
    }

    private let decoder: MessageDecoder
    private let values: JSONComparison
    private let key: [String]
    private let redaction: Redaction
    private let slower: Double?

    /// - Parameters:
    ///   - key: path of a field of requests, as `request_id` or `judge.model`; nil to match calls by their order.
    ///   - ignored: fields that may differ: by their names, or by their paths, `items.ability`.
    ///   - slower: how many times as long a call may take in the second recording, above which that is told; nil where it is not.
    package init(
        schema: MessageSchema, key: String? = nil, ignoring ignored: Set<String> = [], slower: Double? = nil,
        redaction: Redaction = Redaction()
    ) throws(FieldError) {
        let fields = Set(schema.messages.values.flatMap(\.fields).map(\.name))
        for path in ignored.sorted()
        where !path.split(separator: ".", omittingEmptySubsequences: false).map(String.init).allSatisfy(fields.contains) {
            throw FieldError(parameter: .ignored, description: "no message of the contracts has a field '\(path)'")
        }
        decoder = MessageDecoder(schema: schema, redaction: Redaction(showsAll: true), bytesForm: .base64)
        let names = Set(schema.enumerations.values.flatMap(\.values))
        values = JSONComparison(ignoring: ignored, redaction: redaction, names: names)
        self.redaction = redaction
        self.slower = slower
        self.key = try key.map { key throws(FieldError) in try Self.path(key, schema) } ?? []
    }

    private static func path(_ key: String, _ schema: MessageSchema) throws(FieldError) -> [String] {
        let names = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        let found = Set(schema.methods.map(\.input)).sorted().compactMap { schema.fields(names, in: $0) }
        guard !found.isEmpty else {
            throw FieldError(parameter: .key, description: "no request of the contracts has a field '\(key)'")
        }
        let single = found.contains { fields in
            if case .message? = fields.last?.kind { return false }
            return !fields.contains(where: \.isRepeated)
        }
        guard single else {
            throw FieldError(
                parameter: .key, description: "expected a field that has one value; '\(key)' has several, or is a message")
        }
        return names
    }

    /// Compares call by call, and keeps nothing of one when it goes on to the next.
    ///
    /// - Parameter tell: gets each difference when it is found, in the order in which the calls began.
    package func compare(_ left: [Call], _ right: [Call], tell: (CallDifference) throws -> Void) rethrows -> Result {
        var result = Result()
        var (lefts, rights) = (groups(left), groups(right))
        result.unknown = (lefts.removeValue(forKey: nil) ?? []).count + (rights.removeValue(forKey: nil) ?? []).count
        var places: [(begin: UInt64, group: Group, place: Int)] = []
        for group in Set(lefts.keys).union(rights.keys).compactMap(\.self) {
            let (ones, others) = (lefts[group] ?? [], rights[group] ?? [])
            result.pairs += min(ones.count, others.count)
            for place in 0..<max(ones.count, others.count) {
                places.append(((place < ones.count ? ones : others)[place].begin, group, place))
            }
        }
        places.sort { ($0.begin, $0.group.name, $0.place) < ($1.begin, $1.group.name, $1.place) }
        for (_, group, place) in places {
            let (one, other) = (Self.call(at: place, of: lefts[group]), Self.call(at: place, of: rights[group]))
            guard let difference = compare(one, other, group, number: place + 1) else { continue }
            result.differing += 1
            try tell(difference)
        }
        return result
    }

    private static func call(at place: Int, of calls: [Call]?) -> Call? {
        guard let calls, place < calls.count else { return nil }
        return calls[place]
    }

    /// Calls that are matched with one another, in their order; those without a request under nil.
    private func groups(_ calls: [Call]) -> [Group?: [Call]] {
        let ordered = calls.sorted { ($0.begin, $0.id.connection, $0.id.stream) < ($1.begin, $1.id.connection, $1.id.stream) }
        return Dictionary(grouping: ordered) { call in
            call.method.map { Group(method: $0, key: key.isEmpty ? nil : keyValue(call)) }
        }
    }

    private func keyValue(_ call: Call) -> JSONValue? {
        var value = messages(call, .client).first
        for name in key {
            guard case .object(let members)? = value else { return nil }
            value = members[name]
        }
        return value
    }

    private func messages(_ call: Call, _ side: Side) -> [JSONValue] {
        let method = call.method.flatMap { decoder.schema.method($0.service, $0.method) }
        let type = side == .client ? method?.input : method?.output
        return call.messages.filter { $0.side == side }.map { decoder.value($0.bytes, as: type) }
    }

    // MARK: - One pair

    private func compare(_ left: Call?, _ right: Call?, _ group: Group, number: Int) -> CallDifference? {
        var differences = Differences()
        var slowness: CallDifference.Slowness?
        if let left, let right {
            differences = self.differences(left, right)
            if let slower, Double(right.nanoseconds) > slower * Double(left.nanoseconds) {
                slowness = CallDifference.Slowness(left: left.nanoseconds, right: right.nanoseconds)
            }
            guard !differences.isEmpty || slowness != nil else { return nil }
        }
        return CallDifference(
            method: group.name,
            key: group.key.map { values.shown($0, key.last ?? "").plain }, number: number, left: left?.id, right: right?.id,
            differences: differences, slowness: slowness)
    }

    private func differences(_ left: Call, _ right: Call) -> Differences {
        var found = Differences()
        for (side, name, amounts) in [
            (Side.client, "requests", (left.sent.messages, right.sent.messages)),
            (.server, "answers", (left.received.messages, right.received.messages)),
        ] {
            let (ones, others) = (messages(left, side), messages(right, side))
            values.compare(.array(ones), .array(others), name, [], &found)
            // Messages beyond those that are kept are counted all the same.
            if amounts.0 != amounts.1, ones.count == others.count {
                found.append(Difference(path: name, left: .count(amounts.0), right: .count(amounts.1)))
            }
        }
        let (one, other) = (ending(left), ending(right))
        if one.status != other.status {
            found.append(Difference(path: "status", left: .word(one.status), right: .word(other.status)))
        }
        if one.message != other.message {
            found.append(Difference(path: "message", left: .text(one.message), right: .text(other.message)))
        }
        return found
    }

    private func ending(_ call: Call) -> (status: String, message: String) {
        switch call.outcome {
        case .answered(let code, let message): (code.name, message)
        case .unanswered: ("unanswered", "")
        }
    }
}
