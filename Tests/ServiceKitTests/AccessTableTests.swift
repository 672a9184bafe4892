import ServiceKit
import Testing
import Wire

@Suite("The table of who may call what")
struct AccessTableTests {
    private static let digest = AccessTable.digest(of: "secret")

    private static let text = """
        # Roles first, though they need not be.
        role backend  a.A/*  b.B/Read   # all of A, and one method of B
        role operator *
        role anyone   c.Health/Check
        \ttoken portal sha256:\(digest.uppercased()) backend
        token portal sha256:\(AccessTable.digest(of: "newer")) backend\r
        certificate op.example.org operator backend
        """

    private func method(_ service: String, _ method: String) -> MethodDescriptor {
        MethodDescriptor(service: service, method: method)
    }

    @Test("gives everybody the methods of their roles, and nobody anything else")
    func roles() throws {
        let table = try AccessTable(Self.text)
        let portal = PeerIdentity(tokenName: "portal")
        let known: [(PeerIdentity, allowed: [MethodDescriptor], denied: [MethodDescriptor])] = [
            (.unknown, [method("c.Health", "Check")], [method("a.A", "X"), method("b.B", "Read"), method("c.Health", "Watch")]),
            (
                portal, [method("a.A", "X"), method("a.A", "Y"), method("b.B", "Read"), method("c.Health", "Check")],
                [method("b.B", "Write"), method("a.AB", "X"), method("a", "A/X"), method("c.Health", "Watch")]
            ),
            (PeerIdentity(certificateNames: ["x", "op.example.org"]), [method("any.Thing", "AtAll")], []),
            // A certificate's name is no token's, and the other way round.
            (PeerIdentity(certificateNames: ["portal"]), [], [method("a.A", "X")]),
            (PeerIdentity(tokenName: "op.example.org"), [], [method("a.A", "X")]),
        ]
        for (peer, allowed, denied) in known {
            for method in allowed { #expect(table.allows(method, to: peer), "\(peer) \(method)") }
            for method in denied { #expect(!table.allows(method, to: peer), "\(peer) \(method)") }
        }
    }

    @Test("knows tokens by their digests, several of one owner among them")
    func tokens() throws {
        let table = try AccessTable(Self.text)
        #expect(table.owner(ofToken: "secret") == "portal" && table.owner(ofToken: "newer") == "portal")
        for token in ["", "Secret", Self.digest, "secret "] { #expect(table.owner(ofToken: token) == nil) }
        #expect(Self.digest == "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b")
    }

    @Test("new tokens are 64 digits that do not come again")
    func newTokens() {
        let tokens = Set((0..<100).map { _ in AccessTable.newToken() })
        #expect(tokens.count == 100 && tokens.allSatisfy { $0.count == 64 && $0.allSatisfy(\.isHexDigit) })
    }

    @Test(
        "tells which line is wrong and what was expected there",
        arguments: [
            ("rule a *", 1, "role, token or certificate"),
            ("\nrole a", 2, "methods"),
            ("role a *\nrole a b.B/*", 2, "each role once"),
            ("role a b.B", 1, "a service's name/*"),
            ("role a b.*/X", 1, "a service's name/*"),
            ("role a b.B/X*", 1, "a service's name/*"),
            ("role a /X", 1, "a service's name/*"),
            ("role a b.B/", 1, "a service's name/*"),
            ("role a b.B/X/Y", 1, "a service's name/*"),
            ("role a *\ntoken t a", 2, "sha256:…"),
            ("role a *\ntoken t secret a", 2, "64 hexadecimal digits"),
            ("role a *\ntoken t sha256:abc a", 2, "64 hexadecimal digits"),
            ("role a *\ntoken t \(digest) a", 2, "64 hexadecimal digits"),
            ("role a *\ntoken t sha256:\(digest) b", 2, "a role of this table"),
            ("role a *\ntoken t sha256:\(digest) a\ntoken u sha256:\(digest) a", 3, "each token once"),
            (
                "role a *\nrole b *\ntoken t sha256:\(digest) a\ntoken t sha256:\(AccessTable.digest(of: "x")) b", 4,
                "the same roles"
            ),
            ("role a *\ncertificate c", 2, "a name in it, and roles"),
            ("role a *\ncertificate c a\ncertificate c a", 3, "name once"),
            ("certificate c a", 1, "a role of this table"),
        ])
    func faults(text: String, line: Int, expectation: String) {
        let error = #expect(throws: AccessTableError.self) { try AccessTable(text) }
        #expect(error?.line == line && error?.expectation.contains(expectation) == true, "\(error.debugDescription)")
    }

    @Test("takes a table of so many bytes and not of one more")
    func length() throws {
        let full = "role a *\n" + String(repeating: "#", count: AccessTable.longest - 9)
        #expect(try AccessTable(full).allows(method("x", "y"), to: .unknown) == false)
        #expect(throws: AccessTableError.self) { try AccessTable(full + "#") }
    }
}
