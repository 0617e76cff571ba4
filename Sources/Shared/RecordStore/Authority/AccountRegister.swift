package import GRDB
package import SyncEngine

/// A person who may sign in at the township.
package struct Account: Hashable, Sendable {
    /// What is typed to sign in; unique, and never given to another person later.
    package var name: String
    package var fullName: String
    /// The raw value of the domain's role.
    package var role: String
    /// The salted password, hashed, with the cost it was hashed at.
    package var passwordHash: String
    /// The password was given out by somebody else: the first thing to do is to choose another.
    package var mustChangePassword: Bool
    package var createdAt: Instant
    package var disabledAt: Instant?
    package var lastSignIn: Instant?

    package init(
        name: String, fullName: String, role: String, passwordHash: String, mustChangePassword: Bool,
        createdAt: Instant
    ) {
        self.name = name
        self.fullName = fullName
        self.role = role
        self.passwordHash = passwordHash
        self.mustChangePassword = mustChangePassword
        self.createdAt = createdAt
    }
}

/// A signed-in browser or program: known by the hash of its token; the token itself is kept nowhere.
package struct SignInSession: Hashable, Sendable {
    package var tokenHash: Hash256
    package var account: String
    package var startedAt: Instant
    package var lastUsedAt: Instant

    package init(tokenHash: Hash256, account: String, startedAt: Instant) {
        self.tokenHash = tokenHash
        self.account = account
        self.startedAt = startedAt
        lastUsedAt = startedAt
    }
}

/// Accounts, their sessions, and what each looked at, inside one transaction or snapshot.
package struct AccountRegister {
    let database: Database

    package init(_ database: Database) { self.database = database }

    private static let columns = """
        SELECT name, full_name, role, password_hash, must_change, created_at, disabled_at, last_sign_in
        FROM account
        """

    package func account(_ name: String) throws -> Account? {
        var query = try Query(database, Self.columns + " WHERE name = ?")
        query.bind(name)
        return try query.first(Self.read)
    }

    /// By name.
    package func accounts() throws -> [Account] {
        try Query(database, Self.columns + " ORDER BY name").all(Self.read)
    }

    /// Adds the account, or writes what has changed of it.
    package func put(_ account: Account) throws {
        var query = try Query(
            database,
            """
            INSERT INTO account (name, full_name, role, password_hash, must_change, created_at, disabled_at,
            last_sign_in) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET full_name = excluded.full_name, role = excluded.role,
            password_hash = excluded.password_hash, must_change = excluded.must_change,
            disabled_at = excluded.disabled_at, last_sign_in = excluded.last_sign_in
            """)
        query.bind(account.name)
        query.bind(account.fullName)
        query.bind(account.role)
        query.bind(account.passwordHash)
        query.bind(account.mustChangePassword)
        query.bind(account.createdAt.milliseconds)
        query.bind(account.disabledAt?.milliseconds)
        query.bind(account.lastSignIn?.milliseconds)
        try query.run()
    }

    private static func read(_ row: Columns) -> Account {
        func instant(_ index: Int32) -> Instant? {
            row.isNull(index) ? nil : Instant(milliseconds: row.int64(index))
        }
        var account = Account(
            name: row.text(0), fullName: row.text(1), role: row.text(2), passwordHash: row.text(3),
            mustChangePassword: row.bool(4), createdAt: Instant(milliseconds: row.int64(5)))
        account.disabledAt = instant(6)
        account.lastSignIn = instant(7)
        return account
    }

    // MARK: - Sessions

    package func add(_ session: SignInSession) throws {
        var query = try Query(
            database,
            "INSERT INTO sign_in_session (token_hash, account, started_at, last_used_at) VALUES (?, ?, ?, ?)")
        query.bind(session.tokenHash.bytes)
        query.bind(session.account)
        query.bind(session.startedAt.milliseconds)
        query.bind(session.lastUsedAt.milliseconds)
        try query.run()
    }

    package func session(_ tokenHash: Hash256) throws -> SignInSession? {
        var query = try Query(
            database, "SELECT account, started_at, last_used_at FROM sign_in_session WHERE token_hash = ?")
        query.bind(tokenHash.bytes)
        return try query.first { row in
            var session = SignInSession(
                tokenHash: tokenHash, account: row.text(0), startedAt: Instant(milliseconds: row.int64(1)))
            session.lastUsedAt = Instant(milliseconds: row.int64(2))
            return session
        }
    }

    package func touch(_ tokenHash: Hash256, at now: Instant) throws {
        var query = try Query(database, "UPDATE sign_in_session SET last_used_at = ? WHERE token_hash = ?")
        query.bind(now.milliseconds)
        query.bind(tokenHash.bytes)
        try query.run()
    }

    package func end(_ tokenHash: Hash256) throws {
        var query = try Query(database, "DELETE FROM sign_in_session WHERE token_hash = ?")
        query.bind(tokenHash.bytes)
        try query.run()
    }

    /// Ends every session of an account, all but one that may be named.
    package func endAll(of account: String, but kept: Hash256? = nil) throws {
        var query = try Query(database, "DELETE FROM sign_in_session WHERE account = ? AND token_hash IS NOT ?")
        query.bind(account)
        query.bind(kept?.bytes)
        try query.run()
    }

    /// Forgets the sessions that nobody may use any more.
    package func endSessions(startedBefore started: Instant, unusedSince used: Instant) throws {
        var query = try Query(database, "DELETE FROM sign_in_session WHERE started_at < ? OR last_used_at < ?")
        query.bind(started.milliseconds)
        query.bind(used.milliseconds)
        try query.run()
    }

    // MARK: - What was looked at

    /// Keeps that a person looked at a page with personal data.
    package func keepView(by account: String, of subject: RecordID, page: String, at now: Instant, seq: Seq) throws {
        var query = try Query(
            database, "INSERT INTO page_view (account, record, page, at, seq) VALUES (?, ?, ?, ?, ?)")
        query.bind(account)
        query.bind(subject)
        query.bind(page)
        query.bind(now.milliseconds)
        query.bind(seq)
        try query.run()
    }

    /// Who looked at a record, the latest first.
    package func views(of subject: RecordID, limit: Int) throws -> [PageView] {
        var query = try Query(
            database, "SELECT account, page, at, seq FROM page_view WHERE record = ? ORDER BY rowid DESC LIMIT ?")
        query.bind(subject)
        query.bind(limit)
        return try query.all { row in
            PageView(
                account: row.text(0), record: subject, page: row.text(1), at: Instant(milliseconds: row.int64(2)),
                seq: row.uint64(3))
        }
    }
}

/// That somebody looked at a page with personal data.
package struct PageView: Hashable, Sendable {
    package let account: String
    package let record: RecordID
    package let page: String
    package let at: Instant
    /// The head of the log that the page showed.
    package let seq: Seq
}
