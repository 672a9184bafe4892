public import Fuzzing

/// Everything that is fuzzed. A new parser of foreign bytes gets a line here and a folder in `Tools/fuzz/Corpus`.
public enum FuzzTargets {
    public static let all: [FuzzTarget] =
        [
            frames, controlFrames, hello, serverConnection, serverConnectionAfterHello, clientConnection,
            clientConnectionAfterHello, requestEnvelope, responseEnvelope, verdict, capture, segments,
            frameScanner,
            descriptorSet, fixture, messageJSON, lint, messageCheck, fieldCondition, batchResults,
        ]
        + ContractMessages.all.map(message)

    /// The target of a name.
    public static func target(_ name: String) -> FuzzTarget? {
        all.first { $0.name == name }
    }
}
