/// How a check of a server ended, for a person or a program to read.
package struct ConformanceResult: Sendable, Hashable {
    package enum Outcome: Sendable, Hashable {
        case passed
        /// Why the check could not be made.
        case skipped(String)
        case failed(ConformanceFault)
    }

    /// Place in the run, from one.
    package let number: Int
    package let check: String
    package let claim: String
    package let outcome: Outcome

    package init(number: Int, check: String, claim: String, outcome: Outcome) {
        self.number = number
        self.check = check
        self.claim = claim
        self.outcome = outcome
    }

    package func lines(_ format: ConformanceFormat) -> [String] {
        switch format {
        case .tap: tap
        case .json: [json]
        }
    }

    private var tap: [String] {
        let name = "\(number) - \(Self.escaped(check)) \(Self.escaped(claim))"
        switch outcome {
        case .passed: return ["ok \(name)"]
        case .skipped(let reason): return ["ok \(name) # SKIP \(Self.escaped(reason))"]
        case .failed(let fault): return ["not ok \(name)", "# expected \(fault.expected)", "# got \(fault.got)"]
        }
    }

    /// What would begin a directive does not.
    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("#", with: "\\#")
    }

    private var json: String {
        var members = [("check", check), ("claim", claim)]
        switch outcome {
        case .passed: members.append(("result", "passed"))
        case .skipped(let reason): members += [("result", "skipped"), ("reason", reason)]
        case .failed(let fault): members += [("result", "failed"), ("expected", fault.expected), ("got", fault.got)]
        }
        var json = JSONText()
        json.object { json in
            for (key, text) in members {
                json.key(key)
                json.string(text)
            }
        }
        return json.text
    }
}

/// What a server did otherwise than it should.
package struct ConformanceFault: Error, Sendable, Hashable {
    package let expected: String
    package let got: String

    package init(expected: String, got: String) {
        self.expected = expected
        self.got = got
    }
}

package enum ConformanceFormat: String, Sendable, Hashable, CaseIterable {
    /// The Test Anything Protocol.
    case tap
    /// One JSON object a line.
    case json
}
