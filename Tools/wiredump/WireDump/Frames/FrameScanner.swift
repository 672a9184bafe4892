package import Wire

/// Finds the frames in what one end of a connection sent, even where its beginning or something in between was not captured.
///
/// Frames carry their length and nothing else marks where one begins. Where that is not known it is taken to be the first place with a sane
/// header behind which an envelope can be read, or ``chainLength`` sane headers follow one another, or frames end exactly where a
/// piece does that began before them, as segments mostly do; what stands before it is skipped.
package struct FrameScanner: Sendable {
    package enum Event: Sendable, Hashable {
        case frame(Frame)
        /// So many bytes belong to no frame that could be found, or to one of which a part was not captured.
        case skipped(Int)
        /// Behind frames of which none is missing stands a header that no frame has; a frame is looked for from there on.
        case impossible(FrameHeader)
    }

    /// Headers that must follow one another, without any other sign, before the first of them is believed.
    static let chainLength = 3
    /// Shorter responses are read in too many bytes by chance.
    static let shortestTellingResponse = 16
    /// Longest payload that is believed of a frame while its place is being looked for.
    static let longestPlausibleFrame = 4 << 20
    /// Places that are undecided at once, beyond which no further one is looked at until one of them is decided.
    static let maximumUndecided = 1024
    /// Bytes that are kept at most: as many as a chain has that is still possible, or the longest frame.
    package static let maximumKeptBytes = max(
        chainLength * (longestPlausibleFrame + FrameHeader.byteCount),
        Int(FrameDecoder.firstImpossibleLength) + FrameHeader.byteCount)

    /// A place where a frame may begin, and how many bytes there must be to know more about it.
    private struct Candidate: Sendable {
        var place: Int
        var needed: Int
    }

    private enum State {
        case synchronised
        /// Every place before the index was looked at in vain, save for those that are undecided.
        case searching(from: Int, undecided: [Candidate])
    }

    private enum Finding {
        case frames, noFrames
        case unknown(needed: Int)
    }

    private var state: State
    private var buffer: [UInt8] = []
    private var consumed = 0
    /// Where the bytes begin that came last.
    private var pieceStart = 0
    /// Bytes that were given up and not told of.
    private var skipped = 0
    /// Whether the next frame is the first of the connection, which must be as sane as one that is looked for.
    private var isAtTheStart: Bool
    /// Whether all bytes from the connection's beginning were frames, and none was missing.
    package private(set) var isWhole: Bool

    private let longestPlausibleFrame: Int
    private let isKnown: Bool

    /// - Parameters:
    ///   - isFromTheStart: whether the first byte is that of the connection.
    ///   - isKnown: whether it is certain that this is no other protocol, whatever the first bytes are.
    package init(isFromTheStart: Bool, isKnown: Bool = false) {
        self.init(isFromTheStart: isFromTheStart, isKnown: isKnown, longestPlausibleFrame: Self.longestPlausibleFrame)
    }

    init(isFromTheStart: Bool, isKnown: Bool = false, longestPlausibleFrame: Int) {
        self.isKnown = isKnown
        self.longestPlausibleFrame = longestPlausibleFrame
        state = isFromTheStart ? .synchronised : .searching(from: 0, undecided: [])
        isAtTheStart = isFromTheStart
        isWhole = isFromTheStart
    }

    /// Bytes that wait for more.
    package var keptBytes: Int { buffer.count - consumed }

    package mutating func append(_ bytes: [UInt8]) -> [Event] {
        compact()
        pieceStart = buffer.count
        buffer.append(contentsOf: bytes)
        return events(isEnd: false)
    }

    /// Bytes are missing between what came and what will.
    package mutating func gap(_ count: Int) -> [Event] {
        let events = events(isEnd: true)
        skipped += keptBytes + count
        restart()
        return events
    }

    /// No more bytes come.
    package mutating func finish() -> [Event] {
        var events = events(isEnd: true)
        skipped += keptBytes
        tellSkipped(&events)
        restart()
        return events
    }

    private mutating func restart() {
        buffer = []
        consumed = 0
        isAtTheStart = false
        isWhole = false
        state = .searching(from: 0, undecided: [])
    }

    private mutating func tellSkipped(_ events: inout [Event]) {
        guard skipped > 0 else { return }
        events.append(.skipped(skipped))
        skipped = 0
    }

    private mutating func events(isEnd: Bool) -> [Event] {
        var events: [Event] = []
        while true {
            if case .searching = state {
                search(isEnd: isEnd)
                guard case .synchronised = state else { return events }
                tellSkipped(&events)
            }
            guard let header = header(at: consumed) else { return events }
            let mayBeForeign = isAtTheStart && !isKnown
            isAtTheStart = false
            guard header.length < FrameDecoder.firstImpossibleLength, !mayBeForeign || isPlausible(header) else {
                if isWhole, !mayBeForeign { events.append(.impossible(header)) }
                isWhole = false
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

    private mutating func search(isEnd: Bool) {
        guard case .searching(var index, var undecided) = state else { return }
        var found: Int?
        var still: [Candidate] = []
        for candidate in undecided where found == nil {
            guard isEnd || candidate.needed <= buffer.count else {
                still.append(candidate)
                continue
            }
            switch follow(from: candidate.place, isEnd: isEnd) {
            case .frames: found = candidate.place
            case .unknown(let needed): still.append(Candidate(place: candidate.place, needed: needed))
            case .noFrames: break
            }
        }
        undecided = still
        while found == nil, undecided.count < Self.maximumUndecided, index + FrameHeader.byteCount <= buffer.count {
            // No length begins with another byte, and most bytes are told apart by this alone.
            if buffer[index] == 0 {
                switch follow(from: index, isEnd: isEnd) {
                case .frames: found = index
                case .unknown(let needed): undecided.append(Candidate(place: index, needed: needed))
                case .noFrames: break
                }
            }
            index += 1
        }
        let kept = found ?? undecided.first?.place ?? index
        skipped += kept - consumed
        consumed = kept
        state = found == nil ? .searching(from: index, undecided: undecided) : .synchronised
    }

    private func follow(from start: Int, isEnd: Bool) -> Finding {
        var place = start
        for number in 0..<Self.chainLength {
            guard let header = header(at: place) else {
                guard place == buffer.count, place > start, isEnd || start >= pieceStart else {
                    return isEnd ? .noFrames : .unknown(needed: place + FrameHeader.byteCount)
                }
                return .frames
            }
            guard isPlausible(header) else { return .noFrames }
            let end = place + FrameHeader.byteCount + Int(header.length)
            if number == 0, isEnvelope(header, place + FrameHeader.byteCount, end) { return .frames }
            guard isEnd || end <= buffer.count || number == Self.chainLength - 1 else { return .unknown(needed: end) }
            place = end
        }
        return .frames
    }

    /// Whether all of an envelope is there and can be read.
    private func isEnvelope(_ header: FrameHeader, _ start: Int, _ end: Int) -> Bool {
        guard end <= buffer.count else { return false }
        switch header.type {
        case .request:
            // What cannot be read is none.
            guard let request = try? RequestEnvelope(decoding: Array(buffer[start..<end])) else { return false }
            return !request.method.service.isEmpty && !request.method.method.isEmpty
        case .response:
            // Nor here.
            return end - start >= Self.shortestTellingResponse
                && (try? ResponseEnvelope(decoding: Array(buffer[start..<end]))) != nil
        default: return false
        }
    }

    private func isPlausible(_ header: FrameHeader) -> Bool {
        guard header.flags.rawValue < 16, header.stream.isClientInitiated else { return false }
        switch header.type {
        case .request, .response, .data: return header.length <= UInt32(longestPlausibleFrame)
        case .ping, .pong, .goAway, .window, .cancel: return header.length <= UInt32(ControlFrame.maximumPayloadBytes)
        default: return false
        }
    }

    private func header(at index: Int) -> FrameHeader? {
        guard index + FrameHeader.byteCount <= buffer.count else { return nil }
        return FrameHeader(buffer[index..<index + FrameHeader.byteCount])
    }

    /// Moves what is left to the front once it is no more than what has been consumed, so that no byte is moved often.
    private mutating func compact() {
        guard consumed > 0, keptBytes <= consumed else { return }
        buffer.removeFirst(consumed)
        if case .searching(let index, let undecided) = state {
            state = .searching(
                from: index - consumed,
                undecided: undecided.map { Candidate(place: $0.place - consumed, needed: $0.needed - consumed) })
        }
        consumed = 0
    }
}
