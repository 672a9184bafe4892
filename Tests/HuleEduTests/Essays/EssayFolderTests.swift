import Testing

@testable import huleedu

@Suite struct EssayFolderTests {
    @Test func readsTextAndMarkdownInTheOrderOfTheirNames() throws {
        let folder = try TemporaryFolder().add("b.md", "Second").add("a.txt", "First").add("c.TXT", "Third")
        let read = try EssayFolder.read(folder.path)
        #expect(
            read.essays == [
                Essay(id: "a.txt", text: "First"), Essay(id: "b.md", text: "Second"), Essay(id: "c.TXT", text: "Third"),
            ])
        #expect(read.skipped.isEmpty)
    }

    @Test func takesAFolderNamedWithASlashAtItsEnd() throws {
        let folder = try TemporaryFolder().add("a.txt", "First").add("b.txt", "Second")
        #expect(try EssayFolder.read(folder.path + "/").essays.count == 2)
    }

    @Test func followsALinkToAFile() throws {
        let folder = try TemporaryFolder().add("a.txt", "First").add("b.data", "Second")
        try folder.addLink("b.txt", to: "\(folder.path)/b.data")
        #expect(try EssayFolder.read(folder.path).essays.map(\.id) == ["a.txt", "b.txt"])
    }

    @Test func namesEverythingItSkipsWithTheReason() throws {
        let folder = try TemporaryFolder().add("a.txt", "First").add("b.txt", "Second")
        try folder.add(".hidden.txt", "x").add("essay.docx", "x").add("txt", "x")
        try folder.addFolder("older")
        try folder.addFolder("folder.txt")
        try folder.addLink("loop.txt", to: "\(folder.path)/loop.txt")
        try folder.addLink("broken.md", to: "\(folder.path)/nowhere")
        try folder.addLink("null.txt", to: "/dev/null")
        let read = try EssayFolder.read(folder.path)
        #expect(read.essays.count == 2)
        let reasons = Dictionary(uniqueKeysWithValues: read.skipped.map { ($0.name, $0.reason) })
        #expect(
            reasons == [
                ".hidden.txt": .hidden, "essay.docx": .otherExtension, "txt": .otherExtension, "older": .subfolder,
                "folder.txt": .subfolder, "loop.txt": .linkLoop, "broken.md": .brokenLink, "null.txt": .notARegularFile,
            ])
        for file in read.skipped {
            #expect(!file.explanation(in: .english).isEmpty && !file.explanation(in: .swedish).isEmpty)
        }
    }

    @Test func keepsNamesAsTheyAre() throws {
        let decomposed = "a\u{30A}sa.txt"
        let files = FakeFiles([decomposed: "First", "b.txt": "Second"])
        let read = try EssayFolder.read("folder", files: files.access())
        #expect(Array(read.essays[0].id.unicodeScalars) == Array(decomposed.unicodeScalars))
    }

    @Test(arguments: [
        ("missing", CommandError.Code.folderMissing), ("file.txt", .folderIsAFile), ("empty", .noEssays), ("others", .noEssays),
        ("single", .onlyOneEssay),
    ])
    func refusesAFolderWithoutEssaysToCompare(name: String, code: CommandError.Code) throws {
        let folder = try TemporaryFolder().add("file.txt", "x")
        for name in ["empty", "others", "single"] { try folder.addFolder(name) }
        try folder.add("others/a.pdf", "x").add("single/a.txt", "Alone")
        let error = #expect(throws: CommandError.self) { try EssayFolder.read("\(folder.path)/\(name)") }
        #expect(error?.code == code)
        #expect(error?.message.contains("\(folder.path)/\(name)") == true)
    }

    @Test func collectsTheFaultsOfAllFiles() throws {
        let folder = try TemporaryFolder()
            .add("a-good.txt", "Good")
            .add("b-empty.txt", "")
            .add("c-blank.txt", " \n\t\u{FEFF}\u{A0} ")
            .add("d-latin1.txt", bytes: Array("Sm".utf8) + [0xF6, 0x72])
            .add("e-nul.txt", bytes: Array("abc".utf8) + [0])
            .add("f-utf16.txt", bytes: [0xFF, 0xFE, 0x41, 0x00])
            .add("g-long.txt", bytes: [UInt8](repeating: 0x61, count: 256 * 1024 + 1))
            .add("h-twin.txt", "  Good\r\n")
        let error = try #require(throws: CommandError.self) { try EssayFolder.read(folder.path) }
        #expect(
            error.all.map(\.code) == [
                .essayBlank, .essayBlank, .essayNotUTF8, .essayContainsNUL, .essayNotUTF8, .essayTooLong, .essaysIdentical,
            ])
        #expect(error.all[2].message.contains("offset 2"))
        #expect(error.all[3].message.contains("offset 3"))
        #expect(error.all[6].message.contains("a-good.txt") && error.all[6].message.contains("h-twin.txt"))
        #expect(error.description.split(separator: "\n").count == 7)
        #expect(error.exitStatus == 65)
    }

    @Test func listsAtMostTwentyFaultsAndCountsTheRest() throws {
        let files = FakeFiles(Dictionary(uniqueKeysWithValues: (0..<25).map { ("essay-\($0).txt", "") }))
        let error = try #require(throws: CommandError.self) { try EssayFolder.read("folder", files: files.access()) }
        #expect(error.all.count == 20)
        #expect(error.unlisted == 5)
        #expect(error.description.hasSuffix("… and 5 more faults."))
    }

    @Test func takesAnEssayOfExactlyTheLongestLength() throws {
        let longest = String(repeating: "a", count: 256 * 1024)
        let files = FakeFiles(["a.txt": longest, "b.txt": "short"])
        #expect(try EssayFolder.read("folder", files: files.access()).essays[0].text.utf8.count == 256 * 1024)
        let over = FakeFiles(["a.txt": longest + "a", "b.txt": "short"])
        let error = #expect(throws: CommandError.self) { try EssayFolder.read("folder", files: over.access()) }
        #expect(error?.code == .essayTooLong)
    }

    @Test func takesAThousandEssaysAndNotOneMore() throws {
        let thousand = Dictionary(uniqueKeysWithValues: (0..<1000).map { ("essay-\($0).txt", "Text \($0)") })
        #expect(try EssayFolder.read("folder", files: FakeFiles(thousand).access()).essays.count == 1000)
        var more = thousand
        more["one-more.txt"] = "Text"
        let error = #expect(throws: CommandError.self) { try EssayFolder.read("folder", files: FakeFiles(more).access()) }
        #expect(error?.code == .tooManyEssays)
        #expect(error?.message.contains("1001") == true)
    }

    @Test func refusesAFolderWithTooManyEntries() throws {
        let files = FakeFiles(Dictionary(uniqueKeysWithValues: (0..<11).map { ("file-\($0)", "") }))
        let error = #expect(throws: CommandError.self) {
            try EssayFolder.read("folder", limits: .init(entries: 10), files: files.access())
        }
        #expect(error?.code == .folderTooLarge)
    }

    @Test func namesAFileThatVanishesOrCannotBeRead() throws {
        let files = FakeFiles(["a.txt": "A", "b.txt": "B", "c.txt": "C"])
        let access = files.access(
            vanishing: ["a.txt"], failing: ["c.txt": FileFailure(code: .denied, message: "Permission denied")])
        let error = try #require(throws: CommandError.self) { try EssayFolder.read("folder", files: access) }
        #expect(error.all.map(\.code) == [.essayVanished, .essayUnreadable])
        #expect(error.all[0].message.contains("\"a.txt\""))
        #expect(error.all[1].message.contains("Permission denied"))
    }

    @Test func refusesNamesThatCannotBeUsed() throws {
        let files = FakeFiles(
            ["a.txt": "A", "b\u{7}.txt": "B", "å.txt": "C"], rawNames: [[0xE5] + Array(".txt".utf8)])
        let error = try #require(throws: CommandError.self) { try EssayFolder.read("folder", files: files.access()) }
        #expect(Set(error.all.map(\.code)) == [.essayNameUnusable])
        #expect(error.all.count == 2)
        #expect(!error.description.unicodeScalars.contains("\u{7}"))
    }

    @Test func refusesTwoNamesThatLookAlike() throws {
        // A dictionary would merge the two names, as it takes them for the same string.
        let files = FakeFiles(["a.txt": "A"], rawNames: [Array("å.txt".utf8), Array("a\u{30A}.txt".utf8)])
        let error = #expect(throws: CommandError.self) { try EssayFolder.read("folder", files: files.access()) }
        #expect(error?.all.contains { $0.code == .essayNamesLookAlike } == true)
    }
}
