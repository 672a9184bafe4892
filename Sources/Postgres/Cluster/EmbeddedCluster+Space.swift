extension EmbeddedCluster {
    /// Space that is left alone, in bytes: a server that cannot write its log of changes any more does not go on living, and one that
    /// is to start again needs some to recover with.
    public static let reservedBytes = 16 << 20

    /// How often the space left is looked at.
    private static let lookInterval: Duration = .milliseconds(500)

    /// - Throws: `.diskFull` naming the data folder, once less than ``reservedBytes`` are free on its disk.
    public func checkSpace() throws(PostgresError) {
        guard let free = Files.freeBytes(at: dataDirectory), free < Self.reservedBytes else { return }
        throw PostgresError(
            .diskFull, "the disk that holds \(dataDirectory) is full: \(free >> 20) MB left", outcome: .notSent)
    }

    /// Runs `body`, and cancels it when the disk runs full, before the server dies of it.
    ///
    /// - Throws: what the body threw, or `.diskFull` naming the data folder.
    public func whileThereIsSpace<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
        try await withThrowingTaskGroup(of: R?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await body() }
            group.addTask {
                while true {
                    try self.checkSpace()
                    // Cancelled when the body has ended, which is what ends the looking.
                    guard (try? await Task.sleep(for: Self.lookInterval)) != nil else { return nil }
                }
            }
            while let ended = try await group.next() {
                if let result = ended { return result }
            }
            throw CancellationError()
        }
    }
}

extension ClusterPreparation {
    /// The log of changes the server may keep between checkpoints, in mebibytes: much of it makes writing cheaper, but it must not be
    /// what fills a small disk.
    static func maxWALMegabytes(freeBytes: Int?) -> Int {
        min(2048, max(64, ((freeBytes ?? .max) / 4) >> 20))
    }
}
