extension RankingReport {
    /// An essay that seems to speak to the judge. It was judged and ranked like all others.
    struct Suspect: Sendable, Hashable {
        var id: String
        /// In the order of the text.
        var attempts: [Attempt]

        /// A passage that reads like an instruction to the judge.
        struct Attempt: Sendable, Hashable {
            var kind: Kind
            /// Bytes of the text.
            var start: Int
            var length: Int
            /// The passage, or its beginning.
            var excerpt: String
        }

        /// What a passage does.
        enum Kind: String, Sendable, Hashable, CaseIterable {
            case override, demand, address, forgery, hidden
            /// A kind of a service that is newer than this program.
            case unknown
        }
    }

    /// What is to be known of the suspects, as a sentence; nil where there are none.
    var suspectSentence: String? {
        guard !suspects.isEmpty else { return nil }
        let count = essays(suspects.count)
        let names = suspects.prefix(Self.namedSuspects).map(\.id).joined(separator: ", ")
        let rest = suspects.count > Self.namedSuspects ? ", …" : ""
        let isOne = suspects.count == 1
        return language.say(
            """
            \(count) seem\(isOne ? "s" : "") to speak to the judge (\(names)\(rest)): look at \(isOne ? "it" : "them"). Ranking and grades \
            take no account of it.
            """,
            """
            \(count) tycks vända sig till domaren (\(names)\(rest)): titta på \(isOne ? "den" : "dem"). Rangordning och betyg tar ingen hänsyn \
            till det.
            """)
    }

    /// Suspects that a sentence names.
    private static let namedSuspects = 5
}

extension RankingReport.Suspect.Kind {
    /// What a passage of this kind does, in a few words.
    func text(in language: Language) -> String {
        switch self {
        case .override: language.say("asks to set the instructions aside", "ber om att bortse från instruktionerna")
        case .demand: language.say("asks for a verdict or a grade", "ber om ett utslag eller ett betyg")
        case .address:
            language.say(
                "speaks to the judge, or as somebody the judge obeys",
                "vänder sig till domaren, eller talar som någon domaren lyder")
        case .forgery:
            language.say(
                "looks like a reply of the judge or a part of the prompt", "ser ut som domarens svar eller en del av prompten")
        case .hidden: language.say("is written so that people do not see it", "är skrivet så att människor inte ser det")
        case .unknown: language.say("was flagged by the service", "flaggades av tjänsten")
        }
    }
}
