import Fuzzing
import Testing

@testable import SampleContracts
@testable import Wire

@Suite("The budgets of a message")
struct BudgetTests {
    private typealias Sample = SampleV1.Sample

    private func code(_ bytes: [UInt8], limits: DecodingLimits = .default) -> DecodingError.Code? {
        do throws(DecodingError) {
            _ = try Sample(decoding: bytes, limits: limits)
            return nil
        } catch {
            return error.code
        }
    }

    private func repeated(_ field: [UInt8], _ count: Int) -> [UInt8] {
        [[UInt8]](repeating: field, count: count).flatMap { $0 }
    }

    /// The smallest allowance with which bytes are taken.
    private func cost(_ bytes: [UInt8]) -> Int {
        var refused = -1
        var taken = 1 << 30
        while taken - refused > 1 {
            let middle = (taken + refused) / 2
            let limits = DecodingLimits(allocationAllowanceBytes: middle, allocationPerWireByte: 0)
            if code(bytes, limits: limits) == nil { taken = middle } else { refused = middle }
        }
        return taken
    }

    @Test("take a message that costs what it may, and refuse it for one byte less")
    func border() {
        let bytes = MessageBytes().field(14, text: "text").field(15, bytes: [1, 2]).field(33, bytes: [3]).bytes
        let exact = cost(bytes)
        let perByte = exact / bytes.count
        let rest = exact - perByte * bytes.count
        #expect(code(bytes, limits: DecodingLimits(allocationAllowanceBytes: rest, allocationPerWireByte: perByte)) == nil)
        let less = DecodingLimits(allocationAllowanceBytes: rest - 1, allocationPerWireByte: perByte)
        #expect(code(bytes, limits: less) == .tooExpensive)
    }

    @Test("count what each kind of field makes protobuf-c allocate")
    func costs() {
        let empty = cost([])
        #expect(cost(MessageBytes().field(14, text: "abc").bytes) == empty + 4, "text and its NUL")
        #expect(cost(MessageBytes().field(15, bytes: [1, 2, 3]).bytes) == empty + 3)
        #expect(cost(MessageBytes().field(1, varint: 1).bytes) == empty, "a number lies in the message")
        #expect(cost(MessageBytes().field(21, bytes: [1, 2]).bytes) == empty + 8)
        #expect(cost(MessageBytes().field(24, bytes: [1, 2]).bytes) == empty + 16)
        #expect(cost(MessageBytes().field(32, text: "").bytes) == empty + 9, "a pointer and a NUL")
        #expect(cost(MessageBytes().field(33, bytes: [1]).bytes) == empty + 17)
        #expect(cost(MessageBytes().field(35, bytes: []).bytes) == empty + 8 + empty, "a pointer and a message")
    }

    @Test("refuse many small things that would take much memory: empty messages, unknown fields")
    func amplification() {
        #expect(code(repeated(MessageBytes().field(35, bytes: []).bytes, 100)) == nil)
        #expect(code(repeated(MessageBytes().field(35, bytes: []).bytes, 100_000)) == .tooExpensive)
        #expect(code(repeated(MessageBytes().field(99, varint: 0).bytes, 100_000)) == .tooExpensive)
    }

    @Test("take 262,144 fields and refuse one more")
    func elements() {
        let field = MessageBytes().field(1, varint: 1).bytes
        #expect(code(repeated(field, 1 << 18)) == nil)
        #expect(code(repeated(field, 1 << 18 + 1)) == .tooExpensive)
    }

    @Test("count packed numbers as memory, not as fields")
    func packedNumbers() {
        #expect(code(MessageBytes().field(21, bytes: [UInt8](repeating: 1, count: 1 << 19)).bytes) == nil)
    }

    @Test("bound what is really allocated, whatever the message", arguments: 0..<40)
    func allocation(seed: UInt64) throws {
        let schema = try DescriptorSchema(SampleContracts.ContractDescriptors.fileDescriptorSet)
        var random = RandomMessage(schema: schema, seed: seed)
        let children = (0..<30).map { _ in MessageBytes().field(35, bytes: random.bytes(of: Sample.typeName)).bytes }
        let bytes = children.flatMap { $0 }
        let limits = DecodingLimits.default
        #expect(code(bytes) == nil)
        let arena = Arena()
        let isUnpacked = bytes.withUnsafeBytes { arena.unpack($0, shape: Sample.shape) != nil }
        #expect(isUnpacked)
        let budget = bytes.count * limits.allocationPerWireByte + limits.allocationAllowanceBytes
        #expect(arena.allocatedByteCount < 4 * budget, "\(arena.allocatedByteCount) bytes for \(bytes.count)")
    }
}
