import Testing

@testable import Postgres

@Suite("A connection string")
struct ConnectionStringTests {
    private func error(_ text: String) -> PostgresError? {
        do throws(PostgresError) {
            _ = try ConnectionString(text)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "is refused with the malformed part named",
        arguments: [
            ("nonsense", "no \"=\""), ("host=a port", "no \"=\""), ("host='a", "quoted value has no end"),
            ("host=a prot=5432", "option that is not known"), ("postgresql://a/b?prot=1", "query parameter that is not known"),
            ("postgresql://a/b?port", "query parameter"), ("postgresql://a/b?port=1=2", "more than one"),
            ("postgresql://a%zz/b", "hexadecimal"), ("postgresql://a%00/b", "%00"), ("postgresql://[::1/b", "\"]\""),
            ("postgresql://[]/b", "IPv6 address is empty"), ("postgresql://[::1]x/b", "host and port"),
            ("host=a\0b", "NUL byte"), ("port=0", "port:"), ("port=65536", "65535, got 65536"), ("port=-1", "port:"),
            ("port=54x", "got 54x"), ("host=a,b port=1,2,3", "3 are given for 2 hosts"), ("port=1,2", "2 are given for 1 hosts"),
            ("host=a,b hostaddr=127.0.0.1", "hostaddr: 1 are given for 2 hosts"), ("connect_timeout=soon", "connect_timeout:"),
            ("keepalives_idle=1.5", "keepalives_idle:"), ("sslmode=yes", "sslmode: expected disable"),
            ("target_session_attrs=writable", "target_session_attrs:"), ("channel_binding=on", "channel_binding:"),
            ("gssencmode=maybe", "gssencmode:"), ("postgresql://a:99999/b", "port:"),
        ])
    func malformed(text: String, part: String) {
        let error = error(text)
        #expect(error?.code == .invalidConnectionString && error?.outcome == .notSent)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "accepted")")
    }

    @Test(
        "that is refused is not repeated, because a password may be in it",
        arguments: [
            "password=hush hush", "password='hush", "password=hush hush=1", "postgresql://u:hush%zz@a/b", "hush",
            "postgresql://a/b?hush=1", "postgresql://a/b?hush", "password=hush port=0", "postgresql://u:hush@[::1/b",
        ])
    func secrets(text: String) {
        let error = error(text)
        #expect(error != nil)
        #expect("\(String(describing: error))".contains("hush") == false)
    }

    @Test(
        "is taken in both forms, borders included",
        arguments: [
            "", "host=/tmp dbname=x", "port=1", "port=65535", "host=a,b port=1,2", "host=a,b port=1", "host=a,b port=1,",
            "postgresql://u:p@a:5432/b?sslmode=verify-full", "postgres://",
            "postgresql://a,b:5433/c?target_session_attrs=read-write",
            "hostaddr=127.0.0.1 host=a", "connect_timeout=5 keepalives=0", "postgresql://[::1]:5432/b",
        ])
    func accepted(text: String) {
        #expect(error(text) == nil)
    }

    @Test("has its hosts replaced by addresses, each with its port, and what needs no look-up left alone")
    func resolution() async throws {
        let known = ["one": ["10.0.0.1", "10.0.0.2"], "two": ["::2"]]
        let lookUp: (String) async -> [String] = { known[$0] ?? [] }
        let both = try await ConnectionString("host=one,/tmp,two port=1,2,3").resolved(lookUp)
        #expect(both["host"] == "one,one,/tmp,two" && both["hostaddr"] == "10.0.0.1,10.0.0.2,,::2" && both["port"] == "1,1,2,3")
        let shared = try await ConnectionString("host=one,two port=7").resolved(lookUp)
        #expect(shared["port"] == "7,7,7")
        for text in ["host=/tmp", "host=@abstract", "host=127.0.0.1", "host=::1", "host=one hostaddr=127.0.0.1"] {
            let string = try ConnectionString(text)
            #expect(try await string.resolved(lookUp) == string)
        }
        let error = await #expect(throws: PostgresError.self) { try await ConnectionString("host=three").resolved(lookUp) }
        #expect(error?.code == .connectionFailed && error?.message.contains("three") == true)
    }

    @Test("takes no more than eight addresses of one host")
    func manyAddresses() async throws {
        let string = try await ConnectionString("host=many").resolved { _ in (1...9).map { "10.0.0.\($0)" } }
        #expect(string["hostaddr"]?.split(separator: ",").count == 8)
    }

    @Test("finds the code in a verbose message whatever the language")
    func codes() {
        #expect(Connection.sqlState(inVerboseMessage: "FATAL:  3D000: database \"x\" does not exist") == "3D000")
        #expect(
            Connection.sqlState(inVerboseMessage: "connection to server failed: FATALT:  28P01: lösenord\nPLATS:  auth.c")
                == "28P01")
        #expect(Connection.sqlState(inVerboseMessage: "could not connect to server: Connection refused") == nil)
        #expect(Connection.sqlState(inVerboseMessage: "FATAL:  abcde: x") == nil)
    }
}
