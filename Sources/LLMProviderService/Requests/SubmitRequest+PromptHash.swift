import Contracts
import Crypto

extension LLMV1.SubmitRequest {
    /// SHA-256 of what the model is asked, as 64 hexadecimal digits; the contract says of which bytes.
    var promptSHA256: String {
        var hash = SHA256()
        for block in blocks {
            hash.update(data: Array("\(block.target == .system ? "system" : "user")\n\(block.text.count)\n".utf8))
            hash.update(data: block.text)
        }
        return hash.finalize().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
