import Dispatch
import Glibc

/// Lines that a person types, read so that the wait for one can be called off.
///
/// A thread of its own waits, because a person may take minutes, on the terminal and on a pipe at once; what comes through the pipe is
/// the cancellation.
final class TerminalLine: Sendable {
    /// Bytes of an answer that are looked at; what a terminal hands over at once is shorter.
    private static let maximumBytes = 4096

    /// How long a signal may take from the key to the cancellation. What was typed after Ctrl-C can be here before that.
    private static let signalDelay: Duration = .milliseconds(250)

    private let terminal: Int32
    private let queue = DispatchQueue(label: "huleedu.prompt")

    init(terminal: Int32 = STDIN_FILENO) {
        self.terminal = terminal
    }

    /// One line without its end; nil at the end of the input.
    func next() async throws(CancellationError) -> String? {
        guard let wake = WakePipe() else { return nil }
        let line = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                queue.async { [self] in continuation.resume(returning: read(unless: wake)) }
            }
        } onCancel: {
            wake.signal()
        }
        // Decided by the task and not by what was read: an answer typed after the interruption is no agreement.
        do {
            try await Task.sleep(for: Self.signalDelay)
        } catch {
            throw CancellationError()
        }
        return line
    }

    private func read(unless wake: WakePipe) -> String? {
        var bytes: [UInt8] = []
        while bytes.count < Self.maximumBytes {
            var sources = [
                pollfd(fd: terminal, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake.reader, events: Int16(POLLIN), revents: 0),
            ]
            let ready = poll(&sources, nfds_t(sources.count), -1)
            if ready < 0, errno == EINTR { continue }
            guard ready > 0, sources[1].revents == 0 else { return nil }
            var byte: UInt8 = 0
            let count = Glibc.read(terminal, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self) }
            if byte == UInt8(ascii: "\n") { break }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A pipe through which a thread that waits for something else can be woken.
private final class WakePipe: Sendable {
    let reader: Int32
    private let writer: Int32

    /// Nil when the process has no descriptor left.
    init?() {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reader, writer) = (ends[0], ends[1])
    }

    func signal() {
        var byte: UInt8 = 0
        // One cancellation is one byte, for which there is always room.
        _ = write(writer, &byte, 1)
    }

    deinit {
        close(reader)
        close(writer)
    }
}
