extension PostgresError {
    /// True when the same work may succeed later without anybody changing it: the server, a connection, a lock or room on the disk was
    /// missing.
    ///
    /// Work whose outcome is in doubt must find out for itself whether it was done.
    public var mayPass: Bool {
        switch code {
        case .connectionFailed, .connectionLost, .acquireTimedOut, .tooManyWaiters, .serializationFailure, .deadlock,
            .lockTimeout,
            .statementTimeout, .stalePreparedStatement, .diskFull, .resourcesExhausted:
            true
        case .invalidConnectionString, .connectionRefused, .poolClosed, .cancelled, .invalidQuery, .pipelineFull,
            .unitOfWorkEnded,
            .resultTooLarge, .decodingFailed, .unexpectedReply, .uniqueViolation, .constraintViolation, .invalidValue,
            .invalidStatement, .serverError, .migrationChanged, .databaseNewer, .invalidMigrations, .migrationFailed,
            .schemaDrift,
            .serverNotInstalled, .clusterLocked, .clusterVersionMismatch, .socketPathTooLong, .folderNotUsable,
            .noUnprivilegedAccount, .initializationFailed, .startFailed:
            false
        }
    }
}
