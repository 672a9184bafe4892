/// Changes inputs at random, as a seed has it: what a fuzzer does without looking at the code.
public struct Mutator {
    private static let interesting: [UInt8] = [0x00, 0x01, 0x7F, 0x80, 0xFF, 0x0A, 0x12, 0x22, 0x5C, 0x2C]
    private static let longest = 1 << 16

    private var generator: SeededGenerator

    public init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    /// An input made from one of the corpus by one to eight changes.
    public mutating func mutate(_ corpus: [[UInt8]]) -> [UInt8] {
        var input = corpus.randomElement(using: &generator) ?? []
        for _ in 0..<Int.random(in: 1...8, using: &generator) { change(&input, corpus) }
        return Array(input.prefix(Self.longest))
    }

    private mutating func change(_ input: inout [UInt8], _ corpus: [[UInt8]]) {
        let place = Int.random(in: 0...input.count, using: &generator)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0 where place < input.count: input[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1 where place < input.count: input[place] = Self.interesting.randomElement(using: &generator) ?? 0
        case 2 where place < input.count: input[place] &+= UInt8.random(in: 0...4, using: &generator) &- 2
        case 3: input.insert(contentsOf: generator.bytes(Int.random(in: 1...8, using: &generator)), at: place)
        case 4: input.removeSubrange(place..<min(input.count, place + Int.random(in: 1...16, using: &generator)))
        case 5: input.removeSubrange(place...)
        case 6: input.insert(contentsOf: piece(of: input), at: place)
        default: input.insert(contentsOf: piece(of: corpus.randomElement(using: &generator) ?? []), at: place)
        }
    }

    private mutating func piece(of input: [UInt8]) -> ArraySlice<UInt8> {
        let start = Int.random(in: 0...input.count, using: &generator)
        return input[start..<Int.random(in: start...min(input.count, start + 64), using: &generator)]
    }
}
