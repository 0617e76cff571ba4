import Assistance
import CommandSupport
import Crypto
import GRDB
import RecordStore
import SyncEngine
import SyncWire

/// Accounts of the desk: signing in, sessions, passwords. What is wrong is told in one way whether an account exists or
/// not.
struct People: Sendable {
    let township: Township
    private let wrong = WrongPasswords()

    init(township: Township) { self.township = township }

    enum Rule {
        /// A session ends so long after it was last used …
        static let idleMinutes: Int64 = 120
        /// … and so long after it began.
        static let sessionHours: Int64 = 12
        /// The time of last use is kept so often.
        static let touchMinutes: Int64 = 1
        static let accounts = 1_000
        static let nameCharacters = 32
    }

    // MARK: - Accounts

    /// - Returns: the account, and its first password when none was given.
    /// - Throws: ``Problem``: ``Problem/Code/accountExists``, ``Problem/Code/badValue``, ``Problem/Code/weakPassword``.
    func add(name: String, fullName: String, role: Role, password: String?) throws -> (Account, password: String) {
        let name = try Self.checked(name: name)
        guard fullName.count <= Self.Rule.nameCharacters, !fullName.contains(where: \.isNewline) else {
            throw Problem(.badValue, "--full-name")
        }
        if let password { try check(password, name: name, fullName: fullName) }
        let first = password ?? PasswordRule.random()
        let account = Account(
            name: name, fullName: fullName, role: role.rawValue, passwordHash: try PasswordHash(first).text,
            mustChangePassword: password == nil, createdAt: township.clock())
        try township.database.write { transaction in
            let register = township.accounts(in: transaction.database)
            guard try register.account(name) == nil else { throw Problem(.accountExists, name) }
            guard try register.accounts().count < Self.Rule.accounts else { throw Problem(.badValue, "accounts") }
            try register.put(account)
        }
        return (account, first)
    }

    /// Changes what is known of an account; all its sessions end.
    /// - Throws: ``Problem`` ``Problem/Code/unknownAccount``.
    @discardableResult func change(_ name: String, _ body: (inout Account) throws -> Void) throws -> Account {
        try township.database.write { transaction in
            let register = township.accounts(in: transaction.database)
            guard var account = try register.account(name) else { throw Problem(.unknownAccount, name) }
            try body(&account)
            try register.put(account)
            try register.endAll(of: name)
            return account
        }
    }

    /// Gives out a new first password.
    func reset(_ name: String, password: String?) throws -> String {
        let first = password ?? PasswordRule.random()
        let hash = try PasswordHash(first).text
        try change(name) { account in
            if let password { try check(password, name: account.name, fullName: account.fullName) }
            account.passwordHash = hash
            account.mustChangePassword = password == nil
        }
        return first
    }

    /// The person changes their own password; other sessions of theirs end. Too many wrong ones end this session too:
    /// somebody else may sit at the screen.
    /// - Throws: ``Problem`` ``Problem/Code/wrongPassword``, ``Problem/Code/weakPassword``.
    func changePassword(of person: Person, from old: String, to new: String, session: Hash256) throws {
        guard let account = try township.database.read({ try township.accounts(in: $0).account(person.name) }) else {
            throw Problem(.wrongPassword)
        }
        let key = WrongPasswords.Key(name: person.name, place: session.description, hash: account.passwordHash)
        let now = township.clock()
        guard !wrong.isLocked(key, at: now), PasswordHash(account.passwordHash)?.matches(old) == true else {
            if wrong.count(key, at: now) { try signOut(session) }
            throw Problem(.wrongPassword)
        }
        wrong.forget(key)
        try check(new, name: account.name, fullName: account.fullName)
        guard new != old else { throw Problem(.weakPassword) }
        let hash = try PasswordHash(new).text
        try township.database.write { transaction in
            let register = township.accounts(in: transaction.database)
            guard var present = try register.account(person.name), present.passwordHash == account.passwordHash else {
                throw Problem(.wrongPassword)
            }
            present.passwordHash = hash
            present.mustChangePassword = false
            try register.put(present, keeping: session)
        }
    }

    private func check(_ password: String, name: String, fullName: String) throws {
        try PasswordRule.check(password, name: name, fullName: fullName, office: township.identity.name)
    }

    /// - Throws: ``Problem`` ``Problem/Code/badValue``.
    private static func checked(name: String) throws -> String {
        let isFine = name.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || "._-".unicodeScalars.contains(scalar)
        }
        guard !name.isEmpty, name.count <= Rule.nameCharacters, isFine else {
            throw Problem(
                .badValue, name,
                explanation: Label(
                    zh: "账号名用字母、数字、汉字、点、下划线或短横，不超过 32 个字",
                    en: "A name has letters, digits, dots, underscores or hyphens, 32 at most"))
        }
        return name.lowercased()
    }

    // MARK: - Signing in

    /// What is compared where no account is, so that a stranger cannot tell by the time which names exist.
    private static let nobody = try? PasswordHash("nobody", salt: [UInt8](repeating: 0, count: 16))

    /// - Parameter address: where the person sits.
    /// - Returns: the token of the new session: it is told once and kept nowhere.
    /// - Throws: ``Problem`` ``Problem/Code/wrongPassword``, ``Problem/Code/accountLocked``.
    func signIn(name: String, password: String, from address: String = "") throws -> (token: String, Person) {
        let now = township.clock()
        let name = String(name.prefix(Rule.nameCharacters)).lowercased()
        let known = try township.database.read { try township.accounts(in: $0).account(name) }
        let key = WrongPasswords.Key(name: name, place: address, hash: known?.passwordHash ?? "")
        guard !wrong.isLocked(key, at: now) else { throw Problem(.accountLocked) }
        let hash = known.flatMap { PasswordHash($0.passwordHash) } ?? Self.nobody
        let isRight = password.utf8.count <= PasswordRule.mostBytes && hash?.matches(password) == true
        guard let known, known.disabledAt == nil, isRight else {
            wrong.count(key, at: now)
            throw Problem(.wrongPassword)
        }
        wrong.forget(key)
        let renewed = try hash?.isOutdated == true ? PasswordHash(password).text : nil
        let token = Base64.encode(SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }, .url)
        let session = SignInSession(tokenHash: Self.hash(of: token), account: name, startedAt: now)
        return try township.database.write { transaction in
            let register = township.accounts(in: transaction.database)
            guard var account = try register.account(name), account.passwordHash == known.passwordHash,
                account.disabledAt == nil, let person = Self.person(account)
            else { throw Problem(.wrongPassword) }
            account.lastSignIn = now
            account.passwordHash = renewed ?? account.passwordHash
            try register.put(account)
            try register.endSessions(
                startedBefore: now.adding(minutes: -Rule.sessionHours * 60),
                unusedSince: now.adding(minutes: -Rule.idleMinutes))
            try register.add(session, of: account)
            return (token, person)
        }
    }

    func signOut(_ session: Hash256) throws {
        try township.database.write { try township.accounts(in: $0.database).end(session) }
    }

    /// Who a token belongs to; `nil` when its session has ended.
    func person(token: String) throws -> (Person, session: Hash256)? {
        let hash = Self.hash(of: token)
        let now = township.clock()
        guard
            let (session, person) = try township.database.read({
                try township.person(of: hash, at: now, by: township.accounts(in: $0))
            })
        else {
            return nil
        }
        if now > session.lastUsedAt.adding(minutes: Rule.touchMinutes) {
            try township.database.write { try township.accounts(in: $0.database).touch(hash, at: now) }
        }
        return (person, hash)
    }

    fileprivate static func person(_ account: Account) -> Person? {
        Role(rawValue: account.role).map {
            Person(
                name: account.name, fullName: account.fullName, role: $0,
                mustChangePassword: account.mustChangePassword)
        }
    }

    private static func hash(of token: String) -> Hash256 { Hash256(of: Array("session:\(token)".utf8)) }

    /// What a form of this session carries: nobody without the session's token can compute it.
    static func formToken(of token: String) -> String { Hash256(of: Array("form:\(token)".utf8)).description }
}

extension Township {
    func accounts(in database: Database) -> AccountRegister { AccountRegister(database, attester: attester) }

    /// Whose session it is; `nil` when it has ended.
    /// - Throws: ``Problem`` ``Problem/Code/authorityDamaged`` when the accounts are not as the township wrote them.
    func person(of session: Hash256, at now: Instant, by register: AccountRegister) throws -> (SignInSession, Person)? {
        guard let (session, account) = try register.session(session), account.disabledAt == nil,
            let person = People.person(account),
            now < session.startedAt.adding(minutes: People.Rule.sessionHours * 60),
            now < session.lastUsedAt.adding(minutes: People.Rule.idleMinutes)
        else { return nil }
        return (session, person)
    }
}

extension Instant {
    /// The last instant there is, or the first, where there is none so late or so early.
    func adding(minutes: Int64) -> Instant {
        let (sum, isBeyond) = milliseconds.addingReportingOverflow(minutes * 60_000)
        return Instant(milliseconds: isBeyond ? (minutes < 0 ? .min : .max) : sum)
    }
}
