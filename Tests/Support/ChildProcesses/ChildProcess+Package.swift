extension ChildProcess {
    /// Variables that would lead a program to the providers and the database of whoever runs it.
    private static let personalVariables = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OPENAI_BASE_URL", "DATABASE_URL"]

    /// Starts a program of this package, or one by its path, without the keys and addresses of whoever runs it.
    public static func program(
        _ name: String, _ arguments: [String], environment: [String: String?] = [:],
        standardError: StandardError = .collected
    ) throws(SpawnError) -> ChildProcess {
        let hidden = personalVariables.map { ($0, String?.none) }
        return try ChildProcess(
            [name.contains("/") ? name : Programs.path(name)] + arguments,
            environment: Dictionary(hidden, uniquingKeysWith: { first, _ in first }).merging(environment) { $1 },
            standardError: standardError)
    }
}
