public import Postgres

extension LLMProvider {
    /// The service's schema and how it is made.
    public static var migrator: Migrator { RequestStore.migrator }
}
