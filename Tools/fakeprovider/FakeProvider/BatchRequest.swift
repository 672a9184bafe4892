/// A valid request for a batch. What its items ask for is checked when they are come to: a bad one fails alone.
struct BatchRequest: Sendable {
    let items: [MessageBatch.Item]

    init(_ bytes: [UInt8]) throws(ProviderError) {
        let json: JSON
        do {
            json = try JSONParser.parse(bytes)
        } catch {
            throw .invalid("The request body is not valid JSON: \(error.message) at byte \(error.offset)")
        }
        let body = try Field(value: json, path: "").object()
        try body.allowOnly(["requests"])
        let requests = try body.required("requests")
        let elements = try requests.elements()
        guard !elements.isEmpty else { throw requests.invalid("List should have at least 1 item after validation, not 0") }
        guard elements.count <= BatchSettings.maxRequests else {
            throw requests.invalid(
                "List should have at most \(BatchSettings.maxRequests) items after validation, not \(elements.count)")
        }
        var known: Set<String> = []
        var items: [MessageBatch.Item] = []
        for element in elements {
            let item = try Self.item(element)
            guard known.insert(item.customID).inserted else {
                throw element.invalid("custom_id must be unique within a batch; `\(item.customID)` is not")
            }
            items.append(item)
        }
        self.items = items
    }

    private static func item(_ element: Field) throws(ProviderError) -> MessageBatch.Item {
        try element.object().allowOnly(["custom_id", "params"])
        let name = try element.required("custom_id")
        let customID = try name.text()
        let isSound = customID.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isSound, (1...64).contains(customID.utf8.count) else {
            throw name.invalid("String should match pattern '^[a-zA-Z0-9_-]{1,64}$'")
        }
        return MessageBatch.Item(customID: customID, params: try element.required("params").object().value)
    }
}
