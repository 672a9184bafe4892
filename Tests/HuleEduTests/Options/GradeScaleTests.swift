import CJCore
import Testing

@testable import huleedu

@Suite struct GradeScaleTests {
    @Test(arguments: [
        ("F,E,D,C,B,A", ["F", "E", "D", "C", "B", "A"]), (" IG , G,VG ", ["IG", "G", "VG"]),
        ("swedish", GradeScale.swedish.grades),
        ("CEFR", ["A1", "A2", "B1", "B2", "C1", "C2"]), ("eng5_np_national_9_step", (1...9).map(String.init)),
        ("swedish_8_anchor", ["F", "E", "D", "D+", "C", "C+", "B", "A"]),
        ("eng5_np_legacy_9_step", ["F+", "E-", "E+", "D-", "D+", "C-", "C+", "B", "A"]),
    ])
    func readsAListOrAName(text: String, grades: [String]) throws {
        #expect(try GradeScale(parsing: text).grades == grades)
    }

    @Test(arguments: [
        "", "A", "A,,B", "A,B,A", "A,B,", "swedisch", "A,B\u{7}", "A,abcdefghijklm",
        (1...21).map(String.init).joined(separator: ","),
    ])
    func refusesWhatIsNoScale(text: String) {
        let error = #expect(throws: CommandError.self) { try GradeScale(parsing: text) }
        #expect(error?.code == .gradesUnreadable)
    }

    @Test func everyNamedScaleWouldAlsoBeReadAsAList() throws {
        for scale in GradeScale.named.map(\.scale) {
            #expect(try GradeScale(parsing: scale.grades.joined(separator: ",")).grades == scale.grades)
        }
    }

    @Test func stepsStandInBrackets() throws {
        let scale = try GradeScale(parsing: "F, E[-+] ,D[-],C[+],B[+-],A")
        #expect(scale.grades == ["F", "E", "D", "C", "B", "A"])
        #expect(scale.steps == [[], [.minus, .plus], .minus, .plus, [.minus, .plus], []])
        for text in ["F[-],E,D", "F,E,D[+]", "F,[-],D"] {
            #expect(throws: CommandError.self) { try GradeScale(parsing: text) }
        }
    }

    @Test func sharesAreGivenForEachGradeOrTakenFromTheScale() throws {
        let scale = try GradeScale(parsing: "1,2,3")
        #expect(try scale.expecting(GradeShares(parsing: "0.25,0.5,0.25")).expectedShares == [0.25, 0.5, 0.25])
        #expect(try GradeScale(parsing: "swedish_8_anchor").expecting(.ofScale).expectedShares?.count == 8)
        #expect(throws: CommandError.self) { try scale.expecting(.ofScale) }
        for text in ["", "0.5", "0.5,0.5", "0.5,0.4,0.05", "1.1,0,0", "-0.1,0.6,0.5", "a,b,c", "0.3,,0.7", "nan,0,1"] {
            #expect(throws: CommandError.self) { try scale.expecting(GradeShares(parsing: text)) }
        }
    }
}
