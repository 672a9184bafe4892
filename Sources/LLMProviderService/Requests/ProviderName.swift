/// What a provider may be called: its name is a part of what the queue calls jobs, and a label of metrics.
enum ProviderName {
    /// With a tenant and a priority it makes a job's kind, at most 63 bytes.
    private static let lengths = 1...44

    static let expectation = "expected 1 to 44 characters of a–z 0–9 . _ -"

    static func isSound(_ name: String) -> Bool {
        lengths.contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."),
                    UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
