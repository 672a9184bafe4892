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
        /// In the order in which the calls began.
        package internal(set) var differences: [CallDifference] = []
    }

    private struct Group: Hashable {
        let method: MethodDescriptor
        let key: JSONValue?
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

    package func compare(_ left: [Call], _ right: [Call]) -> Result {
        var result = Result()
        var (lefts, rights) = (groups(left), groups(right))
        result.unknown = (lefts.removeValue(forKey: nil) ?? []).count + (rights.removeValue(forKey: nil) ?? []).count
        var found: [(begin: UInt64, difference: CallDifference)] = []
        for group in Set(lefts.keys).union(rights.keys).compactMap(\.self) {
            let (ones, others) = (lefts[group] ?? [], rights[group] ?? [])
            result.pairs += min(ones.count, others.count)
            for place in 0..<max(ones.count, others.count) {
                let one = place < ones.count ? ones[place] : nil
                let other = place < others.count ? others[place] : nil
                guard let difference = compare(one, other, group, number: place + 1) else { continue }
                found.append((one?.begin ?? other?.begin ?? 0, difference))
            }
        }
        result.differences = found.sorted {
            ($0.begin, $0.difference.method, $0.difference.number) < ($1.begin, $1.difference.method, $1.difference.number)
        }
        .map(\.difference)
        return result
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
        var differences: [Difference] = []
        var slowness: CallDifference.Slowness?
        if let left, let right {
            differences = self.differences(left, right)
            if let slower, Double(right.nanoseconds) > slower * Double(left.nanoseconds) {
                slowness = CallDifference.Slowness(left: left.nanoseconds, right: right.nanoseconds)
            }
            guard !differences.isEmpty || slowness != nil else { return nil }
        }
        return CallDifference(
            method: "\(group.method.service)/\(group.method.method)",
            key: group.key.map { values.shown($0, key.last ?? "").plain }, number: number, left: left?.id, right: right?.id,
            differences: differences, slowness: slowness)
    }

    private func differences(_ left: Call, _ right: Call) -> [Difference] {
        var found: [Difference] = []
        for (side, name, amounts) in [
            (Side.client, "requests", (left.sent.messages, right.sent.messages)),
            (.server, "answers", (left.received.messages, right.received.messages)),
        ] {
            found += values.differences(.array(messages(left, side)), .array(messages(right, side)), at: name)
            // Messages beyond those that are kept are counted all the same.
            if amounts.0 != amounts.1, found.last?.path != name {
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
