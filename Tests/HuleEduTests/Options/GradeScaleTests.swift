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
        for (_, scale) in GradeScale.named {
            #expect(try GradeScale(parsing: scale.grades.joined(separator: ",")) == scale)
        }
    }
}
