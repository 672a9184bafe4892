/// What the interoperability cases say of `huleedu.sample.v1.Sample`: the fields by which its test service is told what to do.
package struct InteropSample: Sendable, Hashable {
    /// The code of a failure that is asked for.
    package var plainInt32: Int32 = 0
    /// How many answers are asked for, or how many requests came.
    package var plainUint32: UInt32 = 0
    /// Asks for no answer, or for the end.
    package var flag = false
    package var text = ""
    package var blob: [UInt8] = []
    package var texts: [String] = []

    package init(text: String = "", blob: [UInt8] = [], count: UInt32 = 0) {
        plainUint32 = count
        self.text = text
        self.blob = blob
    }

    package var bytes: [UInt8] {
        var bytes = WireBytes()
        if plainInt32 != 0 { bytes.varint(1, UInt64(bitPattern: Int64(plainInt32))) }
        if plainUint32 != 0 { bytes.varint(7, UInt64(plainUint32)) }
        if flag { bytes.varint(13, 1) }
        if !text.isEmpty { bytes.delimited(14, text.utf8) }
        if !blob.isEmpty { bytes.delimited(15, blob) }
        for text in texts { bytes.delimited(32, text.utf8) }
        return bytes.bytes
    }

    /// Reads one; nil where the bytes are no message.
    package init?(_ bytes: [UInt8]) {
        guard let fields = try? WireFields.all(bytes[...]) else { return nil }
        plainInt32 = Int32(truncatingIfNeeded: fields.integer(1) ?? 0)
        plainUint32 = UInt32(truncatingIfNeeded: fields.integer(7) ?? 0)
        flag = fields.integer(13) == 1
        text = fields.text(14) ?? ""
        blob = fields.allBytes(15).last.map { Array($0) } ?? []
        texts = fields.allBytes(32).map { String(decoding: $0, as: UTF8.self) }
    }
}
