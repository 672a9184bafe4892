/// A value in a request body together with its place, so that what is wrong with it can be said as the real provider says it.
struct Field {
    let value: JSON
    /// For example `messages.0.content.1`; empty for the body itself.
    let path: String

    private func path(of name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    func invalid(_ problem: String) -> ProviderError {
        .invalid(at: path, problem)
    }

    /// The member `name`; nil when it is absent or null.
    func optional(_ name: String) -> Field? {
        guard let value = value[name], !value.isNull else { return nil }
        return Field(value: value, path: path(of: name))
    }

    func required(_ name: String) throws(ProviderError) -> Field {
        guard let value = value[name] else { throw .invalid(at: path(of: name), "Field required") }
        return Field(value: value, path: path(of: name))
    }

    /// Refuses members that are not in `names`.
    func allowOnly(_ names: Set<String>) throws(ProviderError) {
        guard let extra = value.members?.first(where: { !names.contains($0.name) }) else { return }
        throw .invalid(at: path(of: extra.name), "Extra inputs are not permitted")
    }

    func object() throws(ProviderError) -> Field {
        guard value.members != nil else { throw invalid("Input should be a valid dictionary") }
        return self
    }

    func text() throws(ProviderError) -> String {
        guard let text = value.text else { throw invalid("Input should be a valid string") }
        return text
    }

    func integer() throws(ProviderError) -> Int {
        guard let integer = value.integer else { throw invalid("Input should be a valid integer") }
        return integer
    }

    func truth() throws(ProviderError) -> Bool {
        guard let truth = value.truth else { throw invalid("Input should be a valid boolean") }
        return truth
    }

    func number(in range: ClosedRange<Double>) throws(ProviderError) -> Double {
        guard let number = value.double else { throw invalid("Input should be a valid number") }
        guard number >= range.lowerBound else {
            throw invalid("Input should be greater than or equal to \(Int(range.lowerBound))")
        }
        guard number <= range.upperBound else { throw invalid("Input should be less than or equal to \(Int(range.upperBound))") }
        return number
    }

    func elements() throws(ProviderError) -> [Field] {
        guard let elements = value.elements else { throw invalid("Input should be a valid list") }
        return elements.enumerated().map { Field(value: $0.element, path: path(of: String($0.offset))) }
    }

    /// A string that must be one of `words`.
    func choice(_ words: [String]) throws(ProviderError) -> String {
        guard let text = value.text, words.contains(text) else {
            let last = words.last.map { "'\($0)'" } ?? "nothing"
            let others = words.dropLast().map { "'\($0)'" }.joined(separator: ", ")
            throw invalid("Input should be \(others.isEmpty ? last : "\(others) or \(last)")")
        }
        return text
    }
}
