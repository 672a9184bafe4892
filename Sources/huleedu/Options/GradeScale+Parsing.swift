import CJCore

extension GradeScale {
    /// Most characters of one grade.
    static let maximumGradeLength = 12

    /// Reads the name of a scale, or grades from low to high with commas between them, each with its steps in brackets behind it, as in
    /// `F,E[-+],D[-],C,B[+],A`.
    init(parsing text: String) throws(CommandError) {
        if let known = Self.named(text) {
            self = known
            return
        }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            Part(String(part.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()))
        }
        guard parts.count > 1 else {
            throw CommandError(
                .gradesUnreadable,
                """
                \(quoted(text)) is neither a list of grades nor a scale's name; \
                write them from low to high, as in F,E,D,C,B,A, or one of \(Self.named.map(\.name).joined(separator: ", ")).
                """)
        }
        guard parts.count <= Self.sizes.upperBound else {
            throw CommandError(
                .gradesUnreadable, "A scale has at most \(Self.sizes.upperBound) grades; these are \(parts.count).")
        }
        for (index, part) in parts.enumerated() {
            guard !part.grade.isEmpty else {
                throw CommandError(
                    .gradesUnreadable, "Grade \(index + 1) of \(quoted(text)) is blank; expected a name between the commas.")
            }
            guard part.grade.count <= Self.maximumGradeLength,
                part.grade.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
            else {
                throw CommandError(
                    .gradesUnreadable,
                    """
                    The grade \(quoted(part.grade)) is no short plain name; expected at most \(Self.maximumGradeLength) characters.
                    """)
            }
            guard !parts[..<index].contains(where: { $0.grade == part.grade }) else {
                throw CommandError(.gradesUnreadable, "The grade \(quoted(part.grade)) stands twice in \(quoted(text)).")
            }
        }
        do {
            try self.init(grades: parts.map(\.grade), steps: parts.map(\.steps))
        } catch {
            throw CommandError(.gradesUnreadable, "\(quoted(text)) is no scale: \(error.message).")
        }
    }

    /// The same scale with the share of essays that is expected to have each grade.
    func expecting(_ shares: GradeShares) throws(CommandError) -> GradeScale {
        switch shares {
        case .ofScale:
            guard expectedShares != nil else {
                throw CommandError(
                    .gradesUnreadable, "This scale comes with no shares of its own; give one for each grade to --grade-shares.")
            }
            return self
        case .list(let shares):
            do {
                return try GradeScale(grades: grades, steps: steps, expectedShares: shares)
            } catch {
                throw CommandError(.gradesUnreadable, "--grade-shares: \(error.message).")
            }
        }
    }

    /// A grade as it is written, with its steps in brackets.
    private struct Part {
        var grade: String
        var steps: GradeSteps = []

        init(_ text: String) {
            let known: [(brackets: String, steps: GradeSteps)] = [
                ("[-+]", [.minus, .plus]), ("[+-]", [.minus, .plus]), ("[-]", .minus), ("[+]", .plus),
            ]
            grade = text
            for (brackets, steps) in known where text.hasSuffix(brackets) {
                grade = String(text.dropLast(brackets.count))
                self.steps = steps
                return
            }
        }
    }
}

/// Which shares of the essays are expected to have which grade.
enum GradeShares: Sendable, Hashable {
    /// Those that the named scale comes with.
    case ofScale
    /// One for each grade, lowest first, from 0 to 1.
    case list([Double])

    /// Reads `scale`, or numbers with commas between them.
    init(parsing text: String) throws(CommandError) {
        if text == "scale" {
            self = .ofScale
            return
        }
        var shares: [Double] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let share = Double(part), (0...1).contains(share) else {
                throw CommandError(
                    .gradesUnreadable,
                    """
                    \(quoted(text)) are no shares; expected one number from 0 to 1 for each grade, lowest first, as in \
                    0.05,0.2,0.5,0.2,0.05, or scale.
                    """)
            }
            shares.append(share)
        }
        self = .list(shares)
    }
}
