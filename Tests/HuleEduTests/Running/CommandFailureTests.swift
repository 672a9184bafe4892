import Testing
import Wire

@testable import huleedu

@Suite struct CommandFailureTests {
    private struct Surprise: Error, CustomStringConvertible {
        var description: String { "a secret" }
    }

    @Test(arguments: [
        (RPCError(.invalidArgument, "judge.model: model: no model is called x"), "--model: no model is called x", Int32(64)),
        (RPCError(.invalidArgument, "judge.model: provider: expected a, got x"), "--provider: expected a, got x", 64),
        (RPCError(.invalidArgument, "judge.temperature: m takes none"), "--temperature: m takes none", 64),
        (RPCError(.failedPrecondition, "stopping.max_cost_nanodollars: no price"), "--budget: no price", 64),
        (RPCError(.invalidArgument, "essays[3].text: expected UTF-8"), "essays[3].text: expected UTF-8", 65),
        (RPCError(.unavailable, "nobody listens"), "nobody listens", 69),
    ])
    func tellsARefusalInTheOptionsNames(error: RPCError, message: String, status: Int32) {
        let told = CommandFailure.describe(error)
        #expect(told.message == message && told.status == status)
    }

    @Test func tellsNothingOfWhatItDoesNotKnow() {
        let told = CommandFailure.describe(Surprise())
        #expect(told.status == 70)
        #expect(told.message.contains("huleedu.log") && !told.message.contains("secret"))
    }
}
