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
    /// The row is as the township wrote it.
    package fileprivate(set) var isAttested = true

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

    fileprivate var statement: [UInt8] {
        var statement = RowStatement(AccountRegister.table)
        for text in [name, fullName, role, passwordHash] { statement.append(text) }
        statement.append(mustChangePassword ? 1 : 0)
        for instant in [createdAt, disabledAt, lastSignIn] { statement.append(instant?.milliseconds) }
        return statement.bytes
    }
}

/// A signed-in browser or program: known by the hash of its token; the token itself is kept nowhere.
package struct SignInSession: Hashable, Sendable {
    package var tokenHash: Hash256
    package var account: String
    package var startedAt: Instant
    package var lastUsedAt: Instant
    /// The row is as the township wrote it.
    fileprivate var isAttested = true

    package init(tokenHash: Hash256, account: String, startedAt: Instant) {
        self.tokenHash = tokenHash
        self.account = account
        self.startedAt = startedAt
        lastUsedAt = startedAt
    }

    fileprivate var statement: [UInt8] {
        var statement = RowStatement("sign_in_session")
        statement.append(tokenHash.bytes)
        statement.append(account)
        statement.append(startedAt.milliseconds)
        return statement.bytes
    }
}

/// Accounts and their sessions, inside one transaction or snapshot. The township signs every row, and what all accounts
/// come to (``Attester``): who writes into the database lets nobody in.
package struct AccountRegister {
    static let table = "account"

    let database: Database
    private let attester: Attester

    package init(_ database: Database, attester: Attester) {
        self.database = database
        self.attester = attester
    }

    private static let columns = """
        SELECT name, full_name, role, password_hash, must_change, created_at, disabled_at, last_sign_in, signature
        FROM account
        """

    /// - Throws: ``Problem`` ``Problem/Code/authorityDamaged`` for one that is not as the township wrote it.
    package func account(_ name: String) throws -> Account? {
        let account = try stored(name)
        if let account, !account.isAttested {
            throw Problem(
                .authorityDamaged, "account \(name)",
                explanation: Label(
                    zh: "账号 \(name) 的登记不是本镇街写下的那一份",
                    en: "The row of the account \(name) is not the one that this township wrote"))
        }
        return account
    }

    private func stored(_ name: String) throws -> Account? {
        var query = try Query(database, Self.columns + " WHERE name = ?")
        query.bind(name)
        return try query.first(read)
    }

    /// By name.
    package func accounts() throws -> [Account] { try Query(database, Self.columns + " ORDER BY name").all(read) }

    /// Adds the account, or writes what has changed of it.
    /// - Throws: ``Problem``, as ``account(_:)``; the signer's and the store's errors.
    package func put(_ account: Account) throws {
        let before = try self.account(account.name)
        try write(account)
        // A sum that is not the township's stays, for the audit to tell.
        guard var total = try AttestedTotal.read(Self.table, attester, in: database) else { return }
        if before == nil { total.count += 1 }
        total.sum = Self.sum(total.sum, without: before, with: account)
        try total.write(attester, in: database)
    }

    private static func sum(_ sum: [UInt8], without before: Account? = nil, with after: Account) -> [UInt8] {
        func digest(_ account: Account) -> RecordDigest {
            RecordDigest(bytes: Hash256(of: account.statement).bytes) ?? RecordDigest()
        }
        let rest = RecordDigest(bytes: sum) ?? RecordDigest()
        return ((before.map { rest - digest($0) } ?? rest) + digest(after)).bytes
    }

    private func write(_ account: Account) throws {
        var query = try Query(
            database,
            """
            INSERT INTO account (name, full_name, role, password_hash, must_change, created_at, disabled_at,
            last_sign_in, signature) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (name) DO UPDATE SET full_name = excluded.full_name, role = excluded.role,
            password_hash = excluded.password_hash, must_change = excluded.must_change,
            disabled_at = excluded.disabled_at, last_sign_in = excluded.last_sign_in, signature = excluded.signature
            """)
        query.bind(account.name)
        query.bind(account.fullName)
        query.bind(account.role)
        query.bind(account.passwordHash)
        query.bind(account.mustChangePassword)
        query.bind(account.createdAt.milliseconds)
        query.bind(account.disabledAt?.milliseconds)
        query.bind(account.lastSignIn?.milliseconds)
        query.bind(try attester.sign(account.statement))
        try query.run()
    }

    private func read(_ row: Columns) -> Account {
        func instant(_ index: Int32) -> Instant? {
            row.isNull(index) ? nil : Instant(milliseconds: row.int64(index))
        }
        var account = Account(
            name: row.text(0), fullName: row.text(1), role: row.text(2), passwordHash: row.text(3),
            mustChangePassword: row.bool(4), createdAt: Instant(milliseconds: row.int64(5)))
        account.disabledAt = instant(6)
        account.lastSignIn = instant(7)
        account.isAttested = attester.isOwn(row.bytes(8), account.statement)
        return account
    }

    // MARK: - What the township signed

    /// Accounts, sessions and their number that are not as the township wrote them.
    package func findings() throws -> [AuditFinding] {
        let accounts = try self.accounts()
        var found = AttestedTotal(Self.table)
        for account in accounts {
            found.count += 1
            found.sum = Self.sum(found.sum, with: account)
        }
        let named = accounts.filter { !$0.isAttested }.map { "\(Self.table) \($0.name)" }
        let sessions = try Query(database, Self.sessions).all(readSession).filter { !$0.isAttested }
        return try found.findings(named, attester, in: database)
            + sessions.map { AuditFinding(.attestation, "sign_in_session \($0.account)") }
    }

    /// Signs what is there from before rows were signed.
    package func adopt() throws {
        guard try !AttestedTotal.exists(Self.table, in: database) else { return }
        var total = AttestedTotal(Self.table)
        for account in try accounts() {
            try write(account)
            total.count += 1
            total.sum = Self.sum(total.sum, with: account)
        }
        try total.write(attester, in: database)
    }

    // MARK: - Sessions

    private static let sessions =
        "SELECT token_hash, account, started_at, last_used_at, signature FROM sign_in_session"

    package func add(_ session: SignInSession) throws {
        var query = try Query(
            database,
            """
            INSERT INTO sign_in_session (token_hash, account, started_at, last_used_at, signature)
            VALUES (?, ?, ?, ?, ?)
            """)
        query.bind(session.tokenHash.bytes)
        query.bind(session.account)
        query.bind(session.startedAt.milliseconds)
        query.bind(session.lastUsedAt.milliseconds)
        query.bind(try attester.sign(session.statement))
        try query.run()
    }

    /// - Returns: `nil` for none, and for one that the township did not begin.
    package func session(_ tokenHash: Hash256) throws -> SignInSession? {
        var query = try Query(database, Self.sessions + " WHERE token_hash = ?")
        query.bind(tokenHash.bytes)
        return try query.first(readSession).flatMap { $0.isAttested ? $0 : nil }
    }

    private func readSession(_ row: Columns) -> SignInSession {
        var session = SignInSession(
            tokenHash: Hash256(bytes: row.bytes(0)) ?? .zero, account: row.text(1),
            startedAt: Instant(milliseconds: row.int64(2)))
        session.lastUsedAt = Instant(milliseconds: row.int64(3))
        session.isAttested = attester.isOwn(row.bytes(4), session.statement)
        return session
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
}
