import NIOCore
import Wire

extension ByteBuffer {
    /// Appends a frame.
    mutating func writeFrame(_ frame: Frame) {
        writeInteger(UInt32(frame.payload.count))
        writeInteger(frame.stream.rawValue)
        writeInteger(frame.type.rawValue)
        writeInteger(frame.flags.rawValue)
        writeBytes(frame.payload)
    }
}

extension TimeAmount {
    /// The same span, to the nanosecond; what is too long is the longest there is.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        self = overflow ? .nanoseconds(.max) : .nanoseconds(whole &+ attoseconds / 1_000_000_000)
    }
}

extension Duration {
    /// Nanoseconds, as far as sixty-four bits go.
    var clampedNanoseconds: Int64 { TimeAmount(self).nanoseconds }
}
