import CJCore
import Contracts

extension CJV1.AnchorCheck {
    /// How well the anchors foretell each other.
    init(_ check: CJCore.AnchorCheck) {
        self.init(
            anchors: check.entries.map { entry in
                CJV1.CheckedAnchor(
                    essayID: entry.anchor.item.rawValue, grade: entry.anchor.grade, predictedGrade: entry.predicted?.grade ?? "",
                    error: Int32(entry.error), probability: entry.probability)
            },
            pairs: UInt32(clamping: check.pairs), inversions: UInt32(clamping: check.inversions), meanError: check.meanError,
            bias: check.bias, worstError: UInt32(check.worstError))
    }
}

extension CJV1.SuspectEssay {
    /// Essays with what they seem to say to the judge, in the order of the passages.
    static func essays(of passages: [SuspectPassage]) -> [CJV1.SuspectEssay] {
        var essays: [CJV1.SuspectEssay] = []
        for passage in passages {
            if essays.last?.essayID != passage.essayID { essays.append(CJV1.SuspectEssay(essayID: passage.essayID)) }
            essays[essays.count - 1].attempts.append(
                CJV1.InstructionAttempt(
                    kind: passage.kind.contract, start: UInt32(clamping: passage.start), length: UInt32(clamping: passage.length),
                    excerpt: passage.excerpt))
        }
        return essays
    }
}

extension InstructionAttempt.Kind {
    var contract: CJV1.InstructionAttemptKind {
        switch self {
        case .override: .override
        case .demand: .demand
        case .address: .address
        case .forgery: .forgery
        case .hidden: .hidden
        }
    }
}
