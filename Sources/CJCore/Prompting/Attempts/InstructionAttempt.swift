/// A passage of an essay that reads like an instruction to the judge.
///
/// It is a reason for a person to look, and no more: whoever writes about teachers, grades and rules comes near to what a cheat
/// writes, and a cheat can write what no rule knows. Nothing that is found changes a prompt, a judgement or a ranking.
public struct InstructionAttempt: Sendable, Hashable {
    /// What a passage does.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Asks to set the judge's instructions or criteria aside.
        case override
        /// Asks for a verdict or a grade, or tells one.
        case demand
        /// Speaks to the judge, or as somebody whom the judge obeys.
        case address
        /// Looks like the judge's reply, or like a part of the prompt.
        case forgery
        /// Is written so that people do not see it, or do not understand it.
        case hidden
    }

    public let kind: Kind
    /// Where the passage stands, in bytes of the text in UTF-8.
    public let range: Range<Int>
    /// The passage as it stands in the text, or its beginning; at most `maximumExcerptLength` scalars.
    public let excerpt: String

    /// Scalars that an excerpt may have.
    public static let maximumExcerptLength = 120
    /// Passages that are told of one text; what follows them is not.
    public static let maximumCount = 20
}

/// Looks for passages that speak to the judge, in English and Swedish.
public enum InstructionDetector {
    /// The passages of a text, in the order in which they stand there and without overlaps; none where nothing is suspicious.
    ///
    /// Time is in proportion to the length of the text.
    public static func attempts(in text: String) -> [InstructionAttempt] {
        let folded = FoldedText(text)
        let words = Word.words(of: folded)
        var found = PhraseRule.passages(in: words) + ForgedText.passages(in: folded)
        if let joined = folded.joiningSpacedLetters() {
            found += passages(in: joined).map { $0.hidden }
        }
        for disguise in HiddenText.disguises(of: text, folded: folded, words: words) where !passages(in: disguise.text).isEmpty {
            found.append(Passage(kind: .hidden, range: disguise.range))
        }
        found += HiddenText.invisible(in: text)
        let bytes = Array(text.utf8)
        return Passage.withoutOverlaps(found).prefix(InstructionAttempt.maximumCount).map { passage in
            let scalars = String(decoding: bytes[passage.range], as: UTF8.self).unicodeScalars
            return InstructionAttempt(
                kind: passage.kind, range: passage.range,
                excerpt: String(String.UnicodeScalarView(scalars.prefix(InstructionAttempt.maximumExcerptLength))))
        }
    }

    private static func passages(in text: FoldedText) -> [Passage] {
        PhraseRule.passages(in: Word.words(of: text)) + ForgedText.passages(in: text)
    }
}

/// Something found, before it is told.
struct Passage: Hashable {
    var kind: InstructionAttempt.Kind
    /// Bytes of the original text.
    var range: Range<Int>

    var hidden: Passage { Passage(kind: .hidden, range: range) }

    /// The passages by their places; of those that overlap the one that begins first, made as long as all of them together.
    static func withoutOverlaps(_ passages: [Passage]) -> [Passage] {
        let ordered = passages.sorted { ($0.range.lowerBound, $1.range.upperBound) < ($1.range.lowerBound, $0.range.upperBound) }
        var kept: [Passage] = []
        for passage in ordered {
            if let last = kept.last, passage.range.lowerBound < last.range.upperBound {
                let end = max(last.range.upperBound, passage.range.upperBound)
                kept[kept.count - 1].range = last.range.lowerBound..<end
            } else {
                kept.append(passage)
            }
        }
        return kept
    }
}
