package import Wire

/// A call as it should go: what is asked, and what is answered.
///
/// It is kept as a line of JSON, so that people and programs in any language can write it:
///
///     {"method": "huleedu.wire.v1.Health/Check", "requests": [{}], "status": "OK", "answers": [{"status": "SERVING_STATUS_SERVING"}]}
///
/// Messages are JSON as proto3 has it, with bytes in base64. `requests` is one empty message where it is absent, `status` OK, `answers` none;
/// `metadata` is an object of texts; `ignore` names fields of answers that may differ.
package struct CallFixture: Sendable, Hashable {
    package let method: MethodDescriptor
    package let kind: StreamKind?
    package let metadata: Metadata
    /// Bytes of the messages that the client sends.
    package let requests: [[UInt8]]
    package let status: StatusCode
    /// Bytes of the messages that the server sends.
    package let answerBytes: [[UInt8]]
    /// The same as JSON in its one form.
    let answers: [JSONValue]
    let ignored: Set<String>

    package var name: String { "\(method)" }
}

/// Why a line is no fixture.
package struct FixtureFault: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String
}

/// What a call brought.
package struct CallAnswer: Sendable, Hashable {
    package var status: StatusCode
    package var message: String
    package var answers: [[UInt8]]

    package init(status: StatusCode, message: String = "", answers: [[UInt8]]) {
        self.status = status
        self.message = message
        self.answers = answers
    }
}
