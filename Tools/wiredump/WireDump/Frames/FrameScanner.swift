package import Wire

/// Finds the frames in what one end of a connection sent, even where its beginning or something in between was not captured.
///
/// Frames carry their length and nothing else marks where one begins. Where that is not known it is taken to be the first place from which
/// ``chainLength`` sane headers follow one another; what stands before it is skipped.
package struct FrameScanner: Sendable {
    package enum Event: Sendable, Hashable {
        case frame(Frame)
        /// So many bytes belong to no frame that could be found, or to one of which a part was not captured.
        case skipped(Int)
    }

    /// Headers that must follow one another before the first of them is believed.
    static let chainLength = 3
    /// Longest payload that is believed of a frame while its place is being looked for.
    static let longestPlausibleFrame = 4 << 20
    /// Bytes that are kept while looking: any chain that is longer is not waited for.
    static let keptBytes = 4 * longestPlausibleFrame

    private enum State {
        case synchronised
        /// Everything before the index was looked at in vain, save for the indices from which it cannot be known yet.
        case searching(from: Int, undecided: [Int])
    }

    private var state: State
    private var buffer: [UInt8] = []
    private var consumed = 0

    /// - Parameter isFromTheStart: whether the first byte begins a frame.
    package init(isFromTheStart: Bool) {
        state = isFromTheStart ? .synchronised : .searching(from: 0, undecided: [])
    }

    package mutating func append(_ bytes: [UInt8]) -> [Event] {
        compact()
        buffer.append(contentsOf: bytes)
        return events(isEnd: false)
    }

    /// Bytes are missing between what came and what will.
    package mutating func gap(_ count: Int) -> [Event] {
        var events = events(isEnd: true)
        events.append(.skipped(buffer.count - consumed + count))
        buffer = []
        consumed = 0
        state = .searching(from: 0, undecided: [])
        return events
    }

    /// No more bytes come.
    package mutating func finish() -> [Event] {
        var events = events(isEnd: true)
        if consumed < buffer.count { events.append(.skipped(buffer.count - consumed)) }
        buffer = []
        consumed = 0
        return events
    }

    private mutating func events(isEnd: Bool) -> [Event] {
        var events: [Event] = []
        while true {
            if case .searching = state {
                let skipped = search(isEnd: isEnd)
                if skipped > 0 { events.append(.skipped(skipped)) }
                guard case .synchronised = state else { return events }
            }
            guard let header = header(at: consumed) else { return events }
            guard header.length < FrameDecoder.firstImpossibleLength else {
                state = .searching(from: consumed + 1, undecided: [])
                continue
            }
            let end = consumed + FrameHeader.byteCount + Int(header.length)
            guard end <= buffer.count else { return events }
            let payload = Array(buffer[consumed + FrameHeader.byteCount..<end])
            events.append(.frame(Frame(stream: header.stream, type: header.type, flags: header.flags, payload: payload)))
            consumed = end
        }
    }

    // MARK: - Looking for the place

    private enum Finding {
        case frames, noFrames, unknown
    }

    /// - Returns: how many bytes were given up.
    private mutating func search(isEnd: Bool) -> Int {
        guard case .searching(let from, var undecided) = state else { return 0 }
        var place: Int?
        undecided = undecided.filter { candidate in
            guard place == nil else { return false }
            let finding = follow(from: candidate, isEnd: isEnd)
            if finding == .frames { place = candidate }
            return finding == .unknown
        }
        var index = max(from, consumed)
        while place == nil, index + FrameHeader.byteCount <= buffer.count {
            switch follow(from: index, isEnd: isEnd) {
            case .frames: place = index
            case .unknown: undecided.append(index)
            case .noFrames: break
            }
            index += 1
        }
        if let place {
            defer { consumed = place }
            state = .synchronised
            return place - consumed
        }
        guard buffer.count - consumed > Self.keptBytes else {
            state = .searching(from: index, undecided: undecided)
            return 0
        }
        // No chain is longer than what is kept.
        let given = (buffer.count - consumed) / 2
        consumed += given
        let first = consumed
        state = .searching(from: max(index, first), undecided: undecided.filter { $0 >= first })
        return given
    }

    private func follow(from start: Int, isEnd: Bool) -> Finding {
        var place = start
        for _ in 0..<Self.chainLength {
            guard let header = header(at: place) else {
                guard isEnd else { return .unknown }
                return place == buffer.count && place > start ? .frames : .noFrames
            }
            guard Self.isPlausible(header) else { return .noFrames }
            place += FrameHeader.byteCount + Int(header.length)
        }
        return .frames
    }

    private static func isPlausible(_ header: FrameHeader) -> Bool {
        header.length <= UInt32(longestPlausibleFrame) && [.request, .response, .data].contains(header.type)
            && header.flags.rawValue < 8 && header.stream.isClientInitiated
    }

    private func header(at index: Int) -> FrameHeader? {
        guard index + FrameHeader.byteCount <= buffer.count else { return nil }
        return FrameHeader(buffer[index..<index + FrameHeader.byteCount])
    }

    private mutating func compact() {
        guard consumed > 0 else { return }
        buffer.removeFirst(consumed)
        if case .searching(let from, let undecided) = state {
            state = .searching(from: max(0, from - consumed), undecided: undecided.map { $0 - consumed })
        }
        consumed = 0
    }
}
