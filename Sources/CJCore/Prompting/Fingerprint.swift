import Crypto

/// SHA-256 and its usual spelling.
enum Fingerprint {
    /// The 32 bytes of the SHA-256.
    static func bytes(of bytes: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(data: bytes))
    }

    /// Two lower-case hexadecimal digits per byte.
    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The SHA-256 as 64 hexadecimal digits.
    static func hex(of bytes: [UInt8]) -> String {
        hex(self.bytes(of: bytes))
    }
}
