import Configuration
import Testing

@testable import ServiceKit

@Suite("Settings")
struct SettingsTests {
    private func settings(_ variables: [String: String]) -> Settings {
        Settings(provider: EnvironmentVariablesProvider(environmentVariables: variables))
    }

    private func error(_ text: String, in range: ClosedRange<Int> = 1...65_535) -> SettingsError? {
        do throws(SettingsError) {
            _ = try settings(["CJ_PORT": text]).integer("CJ_PORT", default: 7, in: range)
            return nil
        } catch {
            return error
        }
    }

    @Test("that are absent or empty are nil, or the default")
    func absent() throws {
        for settings in [settings([:]), settings(["CJ_PORT": ""])] {
            #expect(settings.text("CJ_PORT") == nil)
            #expect(try settings.integer("CJ_PORT", default: 7, in: 1...65_535) == 7)
        }
    }

    @Test("are read by their names as environment variables")
    func present() throws {
        let settings = settings(["DATABASE_URL": "postgresql://a/b", "CJ_PORT": "8", "OTHER": " kept as it is "])
        #expect(settings.text("DATABASE_URL") == "postgresql://a/b")
        #expect(settings.text("DATABASE_URL", isSecret: true) == "postgresql://a/b")
        #expect(settings.text("OTHER") == " kept as it is ")
        #expect(settings.text("DATABASE") == nil)
        #expect(try settings.integer("CJ_PORT", default: 7, in: 1...65_535) == 8)
    }

    @Test("that are whole numbers are taken at their borders and refused beyond")
    func borders() throws {
        for value in [1, 65_535] {
            #expect(try settings(["CJ_PORT": "\(value)"]).integer("CJ_PORT", default: 7, in: 1...65_535) == value)
        }
        for text in ["0", "65536", "-1", "99999999999999999999"] {
            let error = error(text)
            #expect(error?.variable == "CJ_PORT")
            #expect(error?.description == "CJ_PORT: expected a whole number from 1 to 65535, got \(text)")
        }
        #expect(error("-5", in: -5...5) == nil)
        #expect(error("-6", in: -5...5) != nil)
    }

    @Test("that are malformed are an error, never the default", arguments: ["x", "1.5", " 8", "8 ", "0x8", "1_000", "٣", "1e3"])
    func malformed(text: String) {
        #expect(error(text)?.variable == "CJ_PORT")
    }

    @Test("that are secret show in no description of them")
    func secrets() {
        let settings = settings(["ANTHROPIC_API_KEY": "hush-hush"])
        #expect(settings.text("ANTHROPIC_API_KEY", isSecret: true) == "hush-hush")
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped] {
            #expect(!text.contains("hush"), "\(text)")
        }
    }
}
