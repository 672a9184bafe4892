extension RankingReport {
    /// The border below which a grade is not reached.
    struct CutScore: Sendable, Hashable {
        /// The grade that begins here.
        var grade: String
        /// Logits.
        var ability: Double
        /// Logits.
        var standardError: Double
    }

    /// Every anchor graded by the others, as if its grade were not known.
    struct AnchorCheck: Sendable, Hashable {
        var anchors: [Entry]
        /// Pairs of anchors with different grades, and those that the judge puts the other way round.
        var pairs: Int
        var inversions: Int
        /// Mean distance between predicted and known grade, and mean of predicted less known grade, in steps; nil where nothing could be
        /// predicted.
        var meanError: Double?
        var bias: Double?
        /// Steps.
        var worstError: Int

        struct Entry: Sendable, Hashable {
            var id: String
            var grade: String
            /// Nil where the other anchors say nothing.
            var predicted: String?
            /// Steps.
            var error: Int
            /// Of the known grade, by the others.
            var probability: Double
        }
    }

    /// Something to know about the grades.
    enum GradingNote: Sendable, Hashable {
        /// No anchor has one of these grades.
        case gradesWithoutAnchor([String])
        /// The judge puts the anchor of the lower grade clearly above that of the higher one.
        case anchorsInverted(lower: Anchor, higher: Anchor)
        case essaysUnconnected
        /// There are no grades: the judge's order contradicts those of the anchors.
        case anchorsContradicted(pairs: Int, of: Int)
        /// There are no grades: the anchors do not have two different ones.
        case tooFewGrades
        case anchorsUnusable
        /// Graded by the others alone, anchors miss their grades by so many steps on the mean.
        case anchorsDisagree(meanError: Double)
        /// A note of a service that is newer than this program.
        case unknown

        struct Anchor: Sendable, Hashable {
            var id: String
            var grade: String
        }
    }
}

extension RankingReport.GradingNote {
    /// The note's name in JSON.
    var code: String {
        switch self {
        case .gradesWithoutAnchor: "grades_without_anchor"
        case .anchorsInverted: "anchors_inverted"
        case .essaysUnconnected: "essays_unconnected"
        case .anchorsContradicted: "anchors_contradicted"
        case .tooFewGrades: "too_few_grades"
        case .anchorsUnusable: "anchors_unusable"
        case .anchorsDisagree: "anchors_disagree"
        case .unknown: "unknown"
        }
    }

    /// The note as a sentence.
    func text(in language: Language) -> String {
        switch self {
        case .gradesWithoutAnchor(let grades):
            let names = grades.joined(separator: ", ")
            let all = grades.count > 1
            return language.say(
                """
                No anchor has \(all ? "one of the grades" : "the grade") \(names); borders there follow from the spacing of the \
                other grades.
                """,
                """
                Inget ankare har \(all ? "något av betygen" : "betyget") \(names); gränserna där följer av avstånden mellan de \
                andra betygen.
                """)
        case .anchorsInverted(let lower, let higher):
            return language.say(
                """
                The judge puts the anchor \(lower.id) (\(lower.grade)) clearly above the anchor \(higher.id) \
                (\(higher.grade)); grades are wider for it.
                """,
                """
                Domaren sätter ankaret \(lower.id) (\(lower.grade)) klart före ankaret \(higher.id) (\(higher.grade)); det \
                gör betygen osäkrare.
                """)
        case .essaysUnconnected:
            return language.say(
                "Some essays have not been compared with the others, not even by way of third ones; their grades are guesses.",
                "Några uppsatser har inte jämförts med de andra, inte ens via en tredje; deras betyg är gissningar.")
        case .anchorsContradicted(let pairs, let all):
            return language.say(
                """
                No grades: the judge's order contradicts the anchors' grades in \(pairs) of \(all) pairs of anchors with \
                different grades.
                """,
                """
                Inga betyg: domarens ordning säger emot ankarnas betyg i \(pairs) av \(all) par av ankare med olika betyg.
                """)
        case .tooFewGrades:
            return language.say(
                "No grades: anchors of at least two different grades are needed.",
                "Inga betyg: det behövs ankare med minst två olika betyg.")
        case .anchorsUnusable:
            return language.say(
                "No grades: the anchors do not fit the scale of grades.", "Inga betyg: ankarna passar inte betygsskalan.")
        case .anchorsDisagree(let meanError):
            let steps = DecimalText.text(meanError, decimals: 1, language: language)
            return language.say(
                """
                Graded by the others alone, the anchors miss their grades by \(steps) steps on average: they do not tell one \
                story, and grades are wider for it.
                """,
                """
                När ankarna betygsätts av de andra missar de sina betyg med i genomsnitt \(steps) steg: de säger emot varandra, och \
                betygen blir osäkrare.
                """)
        case .unknown:
            return language.say(
                "The service tells something about the grades that this program does not understand.",
                "Tjänsten säger något om betygen som det här programmet inte förstår.")
        }
    }
}
