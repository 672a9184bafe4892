import SampleContracts
import Testing
import Wire

/// The service by which peers try streams of every kind. That of the Python peer, `interop_service.py`, does the same.
struct PeerSamples: SampleV1.SamplesService {
    typealias Sample = SampleV1.Sample

    /// A sample with a number asks for a failure with that code and its text.
    private func failIfAsked(_ request: Sample) throws {
        guard request.plainInt32 != 0 else { return }
        throw RPCError(StatusCode(rawValue: request.plainInt32) ?? .unknown, request.text)
    }

    /// The sample itself; with its flag set, no answer until it is told to stop.
    func get(_ request: Sample, context: ServerContext) async throws -> Sample {
        try failIfAsked(request)
        if request.flag { try await Task.sleep(for: .seconds(3600)) }
        return request
    }

    /// As many samples as asked for, numbered from zero, each with the text; with the flag set, then nothing more and no end.
    func list(_ request: Sample, to responses: MessageSender<Sample>, context: ServerContext) async throws {
        for number in 0..<request.plainUint32 { try await responses.send(Sample(plainUint32: number, text: request.text)) }
        try failIfAsked(request)
        if request.flag { try await Task.sleep(for: .seconds(3600)) }
    }

    /// The texts in their order, and how many there were.
    func collect(_ requests: MessageStream<Sample>, context: ServerContext) async throws -> Sample {
        var answer = Sample()
        for try await request in requests {
            try failIfAsked(request)
            answer.texts.append(request.text)
            answer.plainUint32 += 1
        }
        return answer
    }

    /// Each sample as it comes; the first with its flag set is the last.
    func discuss(_ requests: MessageStream<Sample>, to responses: MessageSender<Sample>, context: ServerContext) async throws {
        for try await request in requests {
            try failIfAsked(request)
            try await responses.send(request)
            if request.flag { return }
        }
    }
}

/// What our client expects of a peer that serves the same.
struct SampleCases {
    private typealias Sample = SampleV1.Sample

    let client: SampleV1.SamplesClient

    func run() async throws {
        try await unary()
        try await answers()
        try await requests()
        try await both()
    }

    private func unary() async throws {
        let sent = Sample(
            zigzagInt64: -(1 << 62), twofold: -0.5, text: "åäö", blob: [0, 0xFF], colour: .green, uint32s: [1, 300, 1 << 31],
            texts: ["", "a"], maybeFlag: false, choice: .textChoice(""))
        #expect(try await client.get(sent) == sent)
        #expect(try await client.get(Sample()) == Sample())
        let long = Sample(blob: [UInt8](repeating: 7, count: 4_000_000))
        #expect(try await client.get(long) == long)
    }

    private func answers() async throws {
        for count in [0, 1, 1000] as [UInt32] {
            let (messages, error) = await collect(try await client.list(Sample(plainUint32: count, text: "a")))
            #expect(messages.map(\.plainUint32) == Array(0..<count) && error == nil)
        }
        let failing = Sample(plainInt32: StatusCode.dataLoss.rawValue, plainUint32: 2, text: "for a reason")
        let (messages, error) = await collect(try await client.list(failing))
        #expect(messages.count == 2 && error?.code == .dataLoss && error?.message == "for a reason")
        let endless = try await client.list(Sample(plainUint32: 1, flag: true), options: .timeout(.milliseconds(300)))
        let (first, late) = await collect(endless)
        #expect(first.count == 1 && late?.code == .deadlineExceeded)
    }

    private func requests() async throws {
        for count in [0, 1, 200] {
            let upload = try await client.collect()
            for number in 0..<count { try await upload.requests.send(Sample(text: "\(number)")) }
            let answer = try await upload.response()
            #expect(answer.texts == (0..<count).map { "\($0)" } && answer.plainUint32 == UInt32(count))
        }
        let upload = try await client.collect()
        try await upload.requests.send(Sample(plainInt32: StatusCode.aborted.rawValue, text: "not this one"))
        let error = await #expect(throws: RPCError.self) { try await upload.response() }
        #expect(error?.code == .aborted && error?.message == "not this one")
    }

    private func both() async throws {
        let talk = try await client.discuss()
        var answers = talk.responses.makeAsyncIterator()
        for number in 1...200 as ClosedRange<UInt32> {
            try await talk.requests.send(Sample(plainUint32: number))
            #expect(try await answers.next()?.plainUint32 == number)
            if number.isMultiple(of: 50) { #expect(try await client.get(Sample(text: "beside")).text == "beside") }
        }
        try await talk.requests.send(Sample(flag: true))
        #expect(try await answers.next()?.flag == true)
        // The server ends it, though its client has not.
        #expect(try await answers.next() == nil)
    }

    private func collect(_ stream: MessageStream<Sample>) async -> ([Sample], RPCError?) {
        var messages: [Sample] = []
        do {
            for try await message in stream { messages.append(message) }
            return (messages, nil)
        } catch {
            return (messages, error as? RPCError)
        }
    }
}
