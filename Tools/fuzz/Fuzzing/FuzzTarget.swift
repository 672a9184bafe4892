/// A parser of bytes from elsewhere, and what must hold whatever they are.
public struct FuzzTarget: Sendable {
    /// Names the target on the command line and its folder in the corpus.
    public let name: String
    /// Gives an input to the parser. Refusing it is no finding; a ``FuzzFinding``, a trap and running for ever are.
    public let run: @Sendable ([UInt8]) throws -> Void

    public init(_ name: String, _ run: @escaping @Sendable ([UInt8]) throws -> Void) {
        self.name = name
        self.run = run
    }

    /// Runs every input of a corpus, and then so many mutations of them as a seed has them.
    ///
    /// - Throws: ``FuzzFinding`` with the input, which then belongs into the corpus.
    public func replay(_ corpus: [[UInt8]], mutations: Int, seed: UInt64) throws {
        for input in corpus { try check(input) }
        var mutator = Mutator(seed: seed)
        for _ in 0..<mutations { try check(mutator.mutate(corpus)) }
    }

    /// Runs one input, and puts it into what is thrown.
    public func check(_ input: [UInt8]) throws {
        do {
            try run(input)
        } catch let finding as FuzzFinding {
            throw FuzzFinding(finding.message, input: input)
        }
    }
}

/// A promise that an input broke.
public struct FuzzFinding: Error, CustomStringConvertible {
    let message: String
    /// What broke it, once that is known.
    public let input: [UInt8]?

    public init(_ message: String, input: [UInt8]? = nil) {
        self.message = message
        self.input = input
    }

    public var description: String {
        let digits = Array("0123456789abcdef")
        let hex = (input ?? []).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return "\(message); input \(String(hex))"
    }

    /// Throws unless a promise holds.
    public static func require(_ holds: Bool, _ message: String) throws {
        guard holds else { throw FuzzFinding(message) }
    }
}
