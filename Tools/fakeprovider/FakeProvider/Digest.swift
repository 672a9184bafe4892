internal import Crypto

/// SHA-256 in the forms used here.
enum Digest {
    /// Sixty-four lower-case hexadecimal digits.
    static func hex(_ bytes: some Collection<UInt8>) -> String {
        hex(SHA256.hash(data: Array(bytes)))
    }

    /// The digest of `text` in UTF-8.
    static func hex(_ text: String) -> String {
        hex(text.utf8)
    }

    private static func hex(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// Random numbers that are a function of what they are for, so that they don't depend on the order in which requests arrive, on the
/// process or on the machine.
struct Draw: Sendable {
    let seed: UInt64

    /// A number in the open interval from zero to one: the first 53 bits of the SHA-256 of seed, purpose and parts, separated by
    /// zero bytes.
    func uniform(_ purpose: String, _ parts: String...) -> Double {
        let input = ([String(seed), purpose] + parts).joined(separator: "\0")
        let digest = SHA256.hash(data: Array(input.utf8))
        let bits = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) } >> 11
        return (Double(bits) + 0.5) / 9_007_199_254_740_992
    }
}
