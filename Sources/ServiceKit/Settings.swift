public import Configuration

/// Reads a process's settings from its environment, and says which one is wrong and what was expected.
///
/// A setting that is present and malformed is an error, never its default.
public struct Settings: Sendable {
    private let reader: ConfigReader

    /// - Parameter provider: where the settings come from.
    public init(provider: some ConfigProvider) {
        reader = ConfigReader(provider: provider)
    }

    /// Settings from the environment.
    public static var environment: Settings {
        Settings(provider: EnvironmentVariablesProvider())
    }

    /// A text; nil where it is absent or empty.
    ///
    /// - Parameter variable: the setting as an environment variable, `DATABASE_URL` for example.
    public func text(_ variable: String, isSecret: Bool = false) -> String? {
        let value = reader.string(forKey: Self.key(variable), isSecret: isSecret)
        return value?.isEmpty == true ? nil : value
    }

    /// A whole number within a range, or the default where it is absent.
    public func integer(
        _ variable: String, default fallback: Int, in range: ClosedRange<Int>
    ) throws(SettingsError) -> Int {
        guard let text = text(variable) else { return fallback }
        guard let value = Int(text), range.contains(value) else {
            throw SettingsError(
                variable: variable,
                expectation: "expected a whole number from \(range.lowerBound) to \(range.upperBound), got \(text)")
        }
        return value
    }

    private static func key(_ variable: String) -> ConfigKey {
        ConfigKey(variable.split(separator: "_").map { $0.lowercased() })
    }
}

/// Says nothing of the values, among which are keys and passwords: the environment's own description has them all.
extension Settings: CustomStringConvertible, CustomReflectable {
    public var description: String { "Settings" }

    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A setting that is not what it should be.
public struct SettingsError: Error, Sendable, CustomStringConvertible {
    /// The setting, as an environment variable.
    public let variable: String
    public let expectation: String

    public var description: String { "\(variable): \(expectation)" }
}
