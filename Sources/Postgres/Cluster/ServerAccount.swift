/// The account a private server runs as; PostgreSQL refuses to run as root.
enum ServerAccount: Sendable, Hashable {
    /// Ours.
    case current
    /// Another one, which root may take on.
    case other(user: UInt32, group: UInt32)
    /// Ours, seen as an unprivileged one from inside a user namespace; the files stay ours.
    case userNamespace

    /// What the decision depends on.
    struct Situation {
        /// Effective user of this process.
        var user: UInt32
        /// Owner of the data, nil when there are none yet.
        var dataOwner: (user: UInt32, group: UInt32)?
        /// The account `postgres`, if the system has it.
        var postgresAccount: (user: UInt32, group: UInt32)?
        /// The first folder on the way to the data that a user may not enter; nil when there is none.
        var blockedFolder: (_ user: UInt32, _ group: UInt32) -> String?
        /// True when the kernel lets us make user namespaces (most container runtimes do not).
        var hasUserNamespaces: () -> Bool
    }

    /// Chooses the account.
    ///
    /// Not root: run as we are. Root: as the owner of the data; as `postgres`, when it can reach the data; in a user namespace.
    ///
    /// - Throws: `.folderNotUsable` naming the folder that is in the way, `.noUnprivilegedAccount`.
    static func choose(_ situation: Situation) throws(PostgresError) -> ServerAccount {
        guard situation.user == 0 else {
            guard let owner = situation.dataOwner, owner.user != situation.user else { return .current }
            throw PostgresError(
                .folderNotUsable, "the data belong to user \(owner.user); run as that user or as root", outcome: .notSent)
        }
        if let owner = situation.dataOwner {
            return owner.user == 0
                ? try namespace(situation, else: nil) : try reaching(owner.user, owner.group, situation)
        }
        guard let account = situation.postgresAccount else { return try namespace(situation, else: nil) }
        guard let blocked = situation.blockedFolder(account.user, account.group) else {
            return .other(user: account.user, group: account.group)
        }
        return try namespace(situation, else: blocked)
    }

    private static func reaching(_ user: UInt32, _ group: UInt32, _ situation: Situation) throws(PostgresError) -> ServerAccount {
        if let blocked = situation.blockedFolder(user, group) { throw unreachable(blocked, user: user) }
        return .other(user: user, group: group)
    }

    private static func namespace(_ situation: Situation, else blocked: String?) throws(PostgresError) -> ServerAccount {
        guard !situation.hasUserNamespaces() else { return .userNamespace }
        if let blocked, let account = situation.postgresAccount { throw unreachable(blocked, user: account.user) }
        throw PostgresError(
            .noUnprivilegedAccount,
            "PostgreSQL does not run as root, there is no account \"postgres\" and no user namespace can be made; run as another user",
            outcome: .notSent)
    }

    private static func unreachable(_ folder: String, user: UInt32) -> PostgresError {
        PostgresError(
            .folderNotUsable,
            "user \(user), as which the server runs, may not enter \(folder); choose a data folder elsewhere, /var/lib/huleedu "
                + "for example, or allow it with \"chmod o+x \(folder)\"",
            outcome: .notSent)
    }

    /// The words to put before a command so that it runs as this account.
    ///
    /// - Parameter endsWithUs: the command is sent SIGINT when the thread that started it ends.
    func prefix(endsWithUs: Bool) -> [String] {
        let death = endsWithUs ? ["--pdeathsig", "INT"] : []
        switch self {
        case .current: return endsWithUs ? ["/usr/bin/setpriv"] + death : []
        case .other(let user, let group):
            return ["/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups"] + death
        case .userNamespace:
            // Seen from inside we are "nobody", an account every system has: initdb wants to know its user's name.
            let enter = ["/usr/bin/unshare", "--user", "--map-user=65534", "--map-group=65534"]
            return endsWithUs ? enter + ["/usr/bin/setpriv"] + death : enter
        }
    }
}
