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
    fileprivate var signature: [UInt8] = []

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

    /// What a session is good for.
    fileprivate var state: [UInt8] {
        var state = RowStatement("account state")
        for text in [name, role, passwordHash] { state.append(text) }
        state.append(disabledAt?.milliseconds)
        return state.bytes
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
    fileprivate var signature: [UInt8] = []

    package init(tokenHash: Hash256, account: String, startedAt: Instant) {
        self.tokenHash = tokenHash
        self.account = account
        self.startedAt = startedAt
        lastUsedAt = startedAt
    }

    /// - Parameter holder: as the account is: while it is disabled, or has another password or role, no session of before is
    ///   good, though somebody put it back.
    fileprivate func statement(_ holder: Account) -> [UInt8] {
        var statement = RowStatement("sign_in_session")
        statement.append(tokenHash.bytes)
        statement.append(account)
        statement.append(holder.state)
        statement.append(startedAt.milliseconds)
        return statement.bytes
    }
}

/// Accounts and their sessions, inside one transaction or snapshot. The township signs every row, and what all accounts
/// come to (``Attester``): on a register that is not the township's nobody is let in and nothing is changed.
package struct AccountRegister {
    static let table = "account"

    let database: Database
    private let attester: Attester
    private let known = Known()

    /// What was found out in this transaction or snapshot already.
    private final class Known {
        var isOwn = false
    }

    package init(_ database: Database, attester: Attester) {
        self.database = database
        self.attester = attester
    }

    private static let columns = """
        SELECT name, full_name, role, password_hash, must_change, created_at, disabled_at, last_sign_in, signature
        FROM account
        """

    /// - Throws: ``Problem`` ``Problem/Code/authorityDamaged`` for a register that is not as the township wrote it.
    package func account(_ name: String) throws -> Account? {
        if !known.isOwn { try signedTotal() }
        known.isOwn = true
        var query = try Query(database, Self.columns + " WHERE name = ?")
        query.bind(name)
        return try query.first(Self.read)
    }

    /// By name, as they stand there.
    package func accounts() throws -> [Account] { try Query(database, Self.columns + " ORDER BY name").all(Self.read) }

    /// Whether the row is as the township wrote it.
    package func isAttested(_ account: Account) -> Bool { attester.isOwn(account.signature, account.statement) }

    /// Adds the account, or writes what has changed of it. With another password or role, and disabled, its sessions end.
    /// - Parameter kept: a session that goes on.
    /// - Throws: ``Problem``, as ``account(_:)``; the signer's and the store's errors.
    package func put(_ account: Account, keeping kept: Hash256? = nil) throws {
        let before = try self.account(account.name)
        var total = try signedTotal()
        let session = try kept.flatMap { try self.session($0)?.0 }
        try write(account)
        if before == nil { total.count += 1 }
        total.sum = Self.sum(total.sum, without: before, with: account)
        try total.write(attester, in: database)
        guard let before, before.state != account.state else { return }
        try endAll(of: account.name)
        if let session, session.account == account.name { try add(session, of: account) }
    }

    /// What the township signed, when it is what is there.
    @discardableResult private func signedTotal() throws -> AttestedTotal {
        let found = Self.total(of: try accounts())
        guard try AttestedTotal.read(Self.table, attester, in: database) == found else {
            throw Problem(
                .authorityDamaged, Self.table,
                explanation: Label(
                    zh: "账号登记不是本镇街写下的那一份", en: "The accounts are not as this township wrote them"))
        }
        return found
    }

    private static func total(of accounts: [Account]) -> AttestedTotal {
        var total = AttestedTotal(table)
        total.count = UInt64(accounts.count)
        total.sum = accounts.reduce(total.sum) { sum($0, with: $1) }
        return total
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

    private static func read(_ row: Columns) -> Account {
        func instant(_ index: Int32) -> Instant? {
            row.isNull(index) ? nil : Instant(milliseconds: row.int64(index))
        }
        var account = Account(
            name: row.text(0), fullName: row.text(1), role: row.text(2), passwordHash: row.text(3),
            mustChangePassword: row.bool(4), createdAt: Instant(milliseconds: row.int64(5)))
        account.disabledAt = instant(6)
        account.lastSignIn = instant(7)
        account.signature = row.bytes(8)
        return account
    }

    // MARK: - What the township signed

    /// Accounts, sessions and their number that are not as the township wrote them.
    package func findings() throws -> [AuditFinding] {
        let accounts = try self.accounts()
        let named = accounts.filter { !isAttested($0) }.map { "\(Self.table) \($0.name)" }
        let sessions = try Query(database, Self.sessions).all(Self.readSession).filter { session in
            let holder = accounts.first { $0.name == session.account }
            return !(holder.map { attester.isOwn(session.signature, session.statement($0)) } ?? false)
        }
        return try Self.total(of: accounts).findings(named, attester, in: database)
            + sessions.map { AuditFinding(.attestation, "sign_in_session \($0.account)") }
    }

    /// Signs what is there from before rows were signed.
    package func adopt() throws {
        guard try !AttestedTotal.exists(Self.table, in: database) else { return }
        let accounts = try accounts()
        for account in accounts { try write(account) }
        try Self.total(of: accounts).write(attester, in: database)
    }

    // MARK: - Sessions

    private static let sessions =
        "SELECT token_hash, account, started_at, last_used_at, signature FROM sign_in_session"

    /// - Parameter holder: whose it is.
    package func add(_ session: SignInSession, of holder: Account) throws {
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
        query.bind(try attester.sign(session.statement(holder)))
        try query.run()
    }

    /// A session with whose it is.
    /// - Returns: `nil` for none, and for one that the township did not begin.
    /// - Throws: ``Problem``, as ``account(_:)``.
    package func session(_ tokenHash: Hash256) throws -> (SignInSession, Account)? {
        var query = try Query(database, Self.sessions + " WHERE token_hash = ?")
        query.bind(tokenHash.bytes)
        guard let session = try query.first(Self.readSession), let holder = try account(session.account),
            attester.isOwn(session.signature, session.statement(holder))
        else { return nil }
        return (session, holder)
    }

    private static func readSession(_ row: Columns) -> SignInSession {
        var session = SignInSession(
            tokenHash: Hash256(bytes: row.bytes(0)) ?? .zero, account: row.text(1),
            startedAt: Instant(milliseconds: row.int64(2)))
        session.lastUsedAt = Instant(milliseconds: row.int64(3))
        session.signature = row.bytes(4)
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

    /// Ends every session of an account.
    package func endAll(of account: String) throws {
        var query = try Query(database, "DELETE FROM sign_in_session WHERE account = ?")
        query.bind(account)
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
