/// What a change from one set of contracts to another breaks.
package struct ContractComparison: Sendable {
    private let old: ContractSet
    private let new: ContractSet
    private var changes: Set<BreakingChange> = []

    private init(from old: ContractSet, to new: ContractSet) {
        self.old = old
        self.new = new
    }

    /// Every change that may not be, in the order of names.
    package static func changes(from old: ContractSet, to new: ContractSet) -> [BreakingChange] {
        var comparison = ContractComparison(from: old, to: new)
        comparison.compareFiles()
        for message in old.messages.values { comparison.compare(message) }
        for enumeration in old.enumerations.values { comparison.compare(enumeration) }
        for service in old.services.values { comparison.compare(service) }
        return comparison.changes.sorted()
    }

    private mutating func add(_ rule: BreakingRule, _ subject: String, _ explanation: String, if isBroken: Bool = true) {
        if isBroken { changes.insert(BreakingChange(rule: rule, subject: subject, explanation: explanation)) }
    }

    private mutating func compareFiles() {
        for package in old.packages where !new.packages.contains(package) {
            add(.packageNoDelete, package, "the package is gone")
        }
        for file in old.files.values {
            guard let now = new.files[file.name] else { continue }
            add(.fileSamePackage, file.name, "package \(file.package) became \(now.package)", if: now.package != file.package)
            add(.fileSameSyntax, file.name, "\(file.syntax) became \(now.syntax)", if: now.syntax != file.syntax)
        }
    }

    // MARK: - Messages

    private mutating func compare(_ message: ContractSet.Message) {
        guard let now = new.messages[message.name] else {
            return add(.packageMessageNoDelete, message.name, "the message is gone")
        }
        for range in message.reservedNumbers.ranges where !now.reservedNumbers.covers(range) {
            add(.reservedMessageNoDelete, message.name, "\(Self.words(range)) no longer reserved")
        }
        for name in message.reservedNames.subtracting(now.reservedNames) {
            add(.reservedMessageNoDelete, message.name, "the name \(name) is no longer reserved")
        }
        for field in message.fields.values { compare(field, of: message, now) }
    }

    private mutating func compare(_ field: ContractSet.Field, of message: ContractSet.Message, _ now: ContractSet.Message) {
        let subject = "\(message.name).\(field.number)"
        guard let other = now.fields[field.number] else {
            add(
                .fieldNoDeleteUnlessNumberReserved, subject, "\(field.name) is gone and its number may be used again",
                if: !now.reservedNumbers.holds(field.number))
            add(
                .fieldNoDeleteUnlessNameReserved, subject, "\(field.name) is gone and its name may be used again",
                if: !now.reservedNames.contains(field.name))
            return
        }
        add(.fieldSameName, subject, "\(field.name) became \(other.name)", if: field.name != other.name)
        add(
            .fieldSameJSONName, subject, "in JSON \(field.jsonName) became \(other.jsonName)",
            if: field.jsonName != other.jsonName)
        add(
            .fieldSameOneof, subject,
            "\(field.name) moved from \(field.oneof ?? "none") to \(other.oneof ?? "none") of the oneofs",
            if: field.oneof != other.oneof)
        compareCardinality(field, other, subject)
        compareType(field, other, subject)
    }

    private mutating func compareCardinality(_ field: ContractSet.Field, _ other: ContractSet.Field, _ subject: String) {
        let change = "\(field.name): \(field.cardinality.rawValue) became \(other.cardinality.rawValue)"
        // On the wire a map is a list of its entries.
        let isOne = (field.cardinality == .one, other.cardinality == .one)
        add(.fieldWireCompatibleCardinality, subject, change, if: isOne.0 != isOne.1)
        add(.fieldWireJSONCompatibleCardinality, subject, change, if: field.cardinality != other.cardinality)
    }

    private mutating func compareType(_ field: ContractSet.Field, _ other: ContractSet.Field, _ subject: String) {
        let change = "\(field.name): \(Self.words(field.kind)) became \(Self.words(other.kind))"
        add(.fieldWireCompatibleType, subject, change, if: !field.kind.isReadable(as: other.kind, in: Self.wireKinds))
        add(.fieldWireJSONCompatibleType, subject, change, if: !field.kind.isReadable(as: other.kind, in: Self.jsonKinds))
    }

    /// Kinds that have the same bytes for the values that they share.
    private static let wireKinds: [Set<MessageSchema.Kind>] = [
        [.int32, .uint32, .int64, .uint64, .bool], [.sint32, .sint64], [.fixed32, .sfixed32], [.fixed64, .sfixed64],
        [.string, .bytes],
    ]
    /// Kinds that have the same bytes and are written alike in JSON.
    private static let jsonKinds: [Set<MessageSchema.Kind>] = [
        [.int32, .uint32], [.int64, .uint64], [.fixed32, .sfixed32], [.fixed64, .sfixed64],
    ]

    private static func words(_ kind: MessageSchema.Kind) -> String {
        switch kind {
        case .message(let name), .enumeration(let name): name
        default: "\(kind)"
        }
    }

    private static func words(_ range: Range<Int>) -> String {
        range.count == 1 ? "the number \(range.lowerBound) is" : "the numbers \(range.lowerBound) to \(range.upperBound - 1) are"
    }

    // MARK: - Enums

    private mutating func compare(_ enumeration: ContractSet.Enumeration) {
        guard let now = new.enumerations[enumeration.name] else {
            return add(.packageEnumNoDelete, enumeration.name, "the enum is gone")
        }
        for range in enumeration.reservedNumbers.ranges where !now.reservedNumbers.covers(range) {
            add(.reservedEnumNoDelete, enumeration.name, "\(Self.words(range)) no longer reserved")
        }
        for name in enumeration.reservedNames.subtracting(now.reservedNames) {
            add(.reservedEnumNoDelete, enumeration.name, "the name \(name) is no longer reserved")
        }
        for (number, names) in enumeration.values {
            let (subject, list) = ("\(enumeration.name).\(number)", names.sorted().joined(separator: ", "))
            guard let others = now.values[number] else {
                add(
                    .enumValueNoDeleteUnlessNumberReserved, subject, "\(list) is gone and its number may be used again",
                    if: !now.reservedNumbers.holds(number))
                add(
                    .enumValueNoDeleteUnlessNameReserved, subject, "\(list) is gone and its name may be used again",
                    if: !names.isSubset(of: now.reservedNames))
                continue
            }
            add(
                .enumValueSameName, subject, "\(list) became \(others.sorted().joined(separator: ", "))",
                if: !names.isSubset(of: others))
        }
    }

    // MARK: - Services

    private mutating func compare(_ service: ContractSet.Service) {
        guard let now = new.services[service.name] else {
            return add(.packageServiceNoDelete, service.name, "the service is gone")
        }
        for method in service.methods.values {
            let subject = "\(service.name)/\(method.name)"
            guard let other = now.methods[method.name] else {
                add(.rpcNoDelete, subject, "the method is gone")
                continue
            }
            add(.rpcSameRequestType, subject, "\(method.input) became \(other.input)", if: method.input != other.input)
            add(.rpcSameResponseType, subject, "\(method.output) became \(other.output)", if: method.output != other.output)
            add(
                .rpcSameClientStreaming, subject, "the client now sends \(other.clientStreams ? "a stream" : "one message")",
                if: method.clientStreams != other.clientStreams)
            add(
                .rpcSameServerStreaming, subject, "the server now sends \(other.serverStreams ? "a stream" : "one message")",
                if: method.serverStreams != other.serverStreams)
            add(
                .rpcSameIdempotencyLevel, subject, "level \(method.idempotency) became \(other.idempotency)",
                if: method.idempotency != other.idempotency)
        }
    }
}

extension MessageSchema.Kind {
    /// Whether what was written as this kind is read as another, by groups of kinds that are alike.
    fileprivate func isReadable(as other: Self, in groups: [Set<Self>]) -> Bool {
        // Text is bytes, but bytes need not be text.
        guard self != .bytes || other != .string else { return false }
        return self == other || groups.contains { $0.contains(self) && $0.contains(other) }
    }
}
