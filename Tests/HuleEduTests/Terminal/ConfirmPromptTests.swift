import Synchronization
import Testing

@testable import huleedu

@Suite struct ConfirmPromptTests {
    private static let estimate = RunEstimate(
        essays: 58, provider: "anthropic", model: "example-model-4", comparisons: 400, comparisonsAtMost: 870,
        cost: Money(nanodollars: 1_900_000_000), costAtMost: Money(nanodollars: 4_100_000_000), simulated: false)

    private final class Script: Sendable {
        private let answers: Mutex<[String]>
        private let output = Mutex("")

        init(_ answers: [String]) { self.answers = Mutex(answers) }

        var written: String { output.withLock { $0 } }

        func dialogue(isInteractive: Bool = true) -> ConfirmPrompt.Dialogue {
            ConfirmPrompt.Dialogue(
                isInteractive: isInteractive, write: { [self] text in output.withLock { $0 += text } },
                readLine: { [self] in answers.withLock { $0.isEmpty ? nil : $0.removeFirst() } })
        }
    }

    @Test(arguments: [
        (["y"], true), ([" YES "], true), (["ja"], true), (["j"], true), (["n"], false), (["nej"], false), ([], false),
        (["perhaps", "y"], true),
        (["", "", "y"], true), (["", "", "", "y"], false), (["what", "no"], false),
    ])
    func takesAClearAnswerAndNothingElseForAgreement(answers: [String], agreed: Bool) async throws {
        let script = Script(answers)
        #expect(
            try await ConfirmPrompt(language: .english).confirm(Self.estimate, yes: false, dialogue: script.dialogue()) == agreed)
        #expect(script.written.hasPrefix("Go on? [y/n] "))
    }

    @Test func asksNobodyWhenAgreementWasGivenBeforehand() async throws {
        let script = Script([])
        #expect(
            try await ConfirmPrompt(language: .english).confirm(
                Self.estimate, yes: true, dialogue: script.dialogue(isInteractive: false)))
        #expect(script.written.isEmpty)
    }

    @Test func saysWhatToPassWhereThereIsNoTerminal() async throws {
        let error = await #expect(throws: CommandError.self) {
            try await ConfirmPrompt(language: .english).confirm(
                Self.estimate, yes: false, dialogue: Script(["y"]).dialogue(isInteractive: false))
        }
        #expect(error?.code == .confirmationImpossible)
        #expect(error?.message.contains("--yes") == true)
        #expect(error?.message.contains("about $1.90, at most $4.10") == true)
    }

    @Test func asksNoFurtherOnceTheWaitIsCalledOff() async throws {
        let dialogue = ConfirmPrompt.Dialogue(
            isInteractive: true, write: { _ in }, readLine: { () throws(CancellationError) in throw CancellationError() })
        await #expect(throws: CancellationError.self) {
            try await ConfirmPrompt(language: .english).confirm(Self.estimate, yes: false, dialogue: dialogue)
        }
    }

    @Test func leavesWhatComesOnTop() {
        var estimate = Self.estimate
        estimate.costPerComparison = Money(nanodollars: 4_750_000)
        estimate.subtract(judged: 300, spent: Money(nanodollars: 1_500_000_000))
        #expect(estimate.comparisons == 100 && estimate.comparisonsAtMost == 570)
        #expect(estimate.cost == Money(nanodollars: 475_000_000) && estimate.costAtMost == Money(nanodollars: 2_600_000_000))
        estimate.subtract(judged: 600, spent: Money(nanodollars: 9_000_000_000))
        #expect(estimate.comparisons == 0 && estimate.comparisonsAtMost == 0)
        #expect(estimate.cost == Money(nanodollars: 0) && estimate.costAtMost == Money(nanodollars: 0))
    }

    @Test func tellsTheEstimate() {
        #expect(
            Self.estimate.text(in: .english)
                == "58 essays, judged by anthropic example-model-4: about 400 comparisons, at most 870.\nExpected cost: about $1.90, at most $4.10."
        )
        var unpriced = Self.estimate
        unpriced.cost = nil
        #expect(unpriced.costText(in: .english).contains("unknown"))
        unpriced.simulated = true
        #expect(unpriced.costText(in: .swedish).contains("simulerad"))
    }
}
