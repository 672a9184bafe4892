extension String {
    /// A vendor's words, fit to be passed on: without control characters, which no contract's text may hold, and at most `limit` scalars.
    func passedOn(limit: Int) -> String {
        var text = ""
        for scalar in unicodeScalars.prefix(limit) {
            text.unicodeScalars.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return unicodeScalars.count > limit ? text + "…" : text
    }
}

extension AttemptFailure {
    /// Characters that two texts may have in common by chance.
    private static let quotationLength = 20

    /// The failure without its words where they repeat the key or the prompt, as some vendors' errors do.
    func withholding(key: Secret?, prompt: [VendorCall.Block]) -> AttemptFailure {
        let repeatsKey = key.map { !$0.value.isEmpty && message.contains($0.value) } ?? false
        guard repeatsKey || quotes(prompt) else { return self }
        return AttemptFailure(
            kind: kind, message: "the provider's words repeat the request and are withheld", remedy: remedy,
            reach: reach, httpStatus: httpStatus, usage: usage, vendorRequestID: vendorRequestID)
    }

    private func quotes(_ prompt: [VendorCall.Block]) -> Bool {
        let characters = Array(message)
        let starts = stride(from: 0, through: characters.count - Self.quotationLength, by: Self.quotationLength / 2)
        return starts.contains { start in
            let part = String(characters[start..<start + Self.quotationLength])
            return prompt.contains { $0.text.contains(part) }
        }
    }
}
