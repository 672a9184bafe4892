import Testing

@testable import Wire

@Suite("A server's word on whether it takes calls")
struct ServingStatusTests {
    @Test("is that it does for one status alone, whatever else the answer holds")
    func statuses() throws {
        for (bytes, isServing) in [([8, 1], true), ([8, 2], false), ([8, 3], false), ([], false), ([18, 1, 65, 8, 1], true)] {
            let status = try ServingStatus(decoding: bytes.map(UInt8.init))
            #expect(status.isServing == isServing)
        }
    }

    @Test("is refused where it cannot be read", arguments: [[8], [10, 1, 0], [11]])
    func malformed(bytes: [UInt8]) {
        #expect(throws: DecodingError.self) { _ = try ServingStatus(decoding: bytes) }
    }
}
