public import Postgres

extension CJAssessment {
    /// The service's schema and how it is made.
    public static var migrator: Migrator { AssessmentStore.migrator }
}
