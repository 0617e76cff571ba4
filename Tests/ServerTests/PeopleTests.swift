import Assistance
import Foundation
import RecordStore
import SyncEngine
import Testing

@testable import Server

/// Who may sign in, for how long, and what a stranger learns by trying.
@Suite struct PeopleTests {
    private let fixture: TownshipFixture
    private let people: People

    private static let password = "correct horse battery"

    init() throws {
        fixture = try TownshipFixture()
        people = People(township: fixture.township)
        _ = try people.add(name: "wangfang", fullName: "王芳", role: .clerk, password: Self.password)
    }

    private func code(_ body: () throws -> some Any) -> Problem.Code? {
        do {
            _ = try body()
            return nil
        } catch { return (error as? Problem)?.code }
    }

    @Test func theRightPasswordOpensASessionOfThatPerson() throws {
        let (token, person) = try people.signIn(name: "WangFang", password: Self.password)
        #expect(person == Person(name: "wangfang", fullName: "王芳", role: .clerk, mustChangePassword: false))
        #expect(person.author == "王芳(wangfang)")
        #expect(try people.person(token: token)?.0 == person)
        #expect(try people.person(token: token + "x") == nil)
    }

    @Test func wrongPasswordAndUnknownNameReadTheSame() {
        #expect(code { try people.signIn(name: "wangfang", password: "wrong password!") } == .wrongPassword)
        #expect(code { try people.signIn(name: "nobody", password: Self.password) } == .wrongPassword)
    }

    @Test func fiveWrongPasswordsLockTheAccountForAWhile() throws {
        for _ in 0..<5 {
            #expect(code { try people.signIn(name: "wangfang", password: "wrong password!") } == .wrongPassword)
        }
        #expect(code { try people.signIn(name: "wangfang", password: Self.password) } == .accountLocked)
        fixture.clock.advance(minutes: 14)
        #expect(code { try people.signIn(name: "wangfang", password: Self.password) } == .accountLocked)
        fixture.clock.advance(minutes: 1)
        _ = try people.signIn(name: "wangfang", password: Self.password)
    }

    @Test func aLockIsOfOneAddressAndOfNamesThatDoNotExistToo() throws {
        for _ in 0..<5 {
            for name in ["wangfang", "nobody"] {
                #expect(
                    code { try people.signIn(name: name, password: "wrong password!", from: "10.0.0.7") }
                        == .wrongPassword)
            }
        }
        for name in ["wangfang", "nobody"] {
            #expect(code { try people.signIn(name: name, password: Self.password, from: "10.0.0.7") } == .accountLocked)
        }
        _ = try people.signIn(name: "wangfang", password: Self.password, from: "10.0.0.8")
        // Signing in elsewhere opens nothing for whoever tries.
        #expect(
            code { try people.signIn(name: "wangfang", password: Self.password, from: "10.0.0.7") } == .accountLocked)
        let first = try people.reset("wangfang", password: nil)
        _ = try people.signIn(name: "wangfang", password: first, from: "10.0.0.7")
    }

    @Test func fiveWrongPresentPasswordsEndTheSessionAndLockNobodyOut() throws {
        let (token, person) = try people.signIn(name: "wangfang", password: Self.password)
        let (other, _) = try people.signIn(name: "wangfang", password: Self.password)
        let session = try #require(try people.person(token: token)?.session)
        for number in 1...5 {
            #expect(try people.person(token: token) != nil, "\(number)")
            #expect(
                code {
                    try people.changePassword(of: person, from: "a guess", to: "a new password", session: session)
                }
                    == .wrongPassword)
        }
        #expect(try people.person(token: token) == nil)
        #expect(try people.person(token: other) != nil)
        #expect(
            code {
                try people.changePassword(of: person, from: Self.password, to: "a new password", session: session)
            }
                == .wrongPassword, "Not for one that was under way either")
        _ = try people.signIn(name: "wangfang", password: Self.password)
    }

    @Test func whatIsRememberedOfWrongPasswordsHasALimit() {
        let (wrong, now) = (WrongPasswords(), fixture.clock.now())
        func key(_ number: Int) -> WrongPasswords.Key { .init(name: "n\(number)", place: "p", hash: "") }
        for number in 0..<WrongPasswords.Rule.most { wrong.count(key(0), at: now.adding(minutes: Int64(number))) }
        let later = now.adding(minutes: 5)
        for number in 1...WrongPasswords.Rule.kept { wrong.count(key(number), at: later) }
        #expect(!wrong.isLocked(key(0), at: later), "The oldest made room")
        for _ in 1..<WrongPasswords.Rule.most { wrong.count(key(7), at: later) }
        #expect(wrong.isLocked(key(7), at: later))
        wrong.forget(key(7))
        #expect(!wrong.isLocked(key(7), at: later))
    }

    @Test func aRightPasswordForgetsTheWrongOnesBefore() throws {
        for _ in 0..<2 {
            for _ in 0..<4 { _ = code { try people.signIn(name: "wangfang", password: "wrong password!") } }
            _ = try people.signIn(name: "wangfang", password: Self.password)
        }
    }

    @Test func aSessionEndsWhenIdleAndWhenOld() throws {
        let (idle, _) = try people.signIn(name: "wangfang", password: Self.password)
        fixture.clock.advance(minutes: 119)
        #expect(try people.person(token: idle) != nil)
        fixture.clock.advance(minutes: 121)
        #expect(try people.person(token: idle) == nil)

        let (used, _) = try people.signIn(name: "wangfang", password: Self.password)
        for _ in 0..<11 {
            fixture.clock.advance(minutes: 60)
            #expect(try people.person(token: used) != nil)
        }
        fixture.clock.advance(minutes: 60)
        #expect(try people.person(token: used) == nil)
    }

    @Test func signingOutDisablingAndAnotherRoleEndSessions() throws {
        let (first, _) = try people.signIn(name: "wangfang", password: Self.password)
        let session = try #require(try people.person(token: first)?.session)
        try people.signOut(session)
        #expect(try people.person(token: first) == nil)

        let (second, _) = try people.signIn(name: "wangfang", password: Self.password)
        try people.change("wangfang") { $0.role = Role.auditor.rawValue }
        #expect(try people.person(token: second) == nil)

        let (third, person) = try people.signIn(name: "wangfang", password: Self.password)
        #expect(person.role == .auditor)
        try people.change("wangfang") { $0.disabledAt = fixture.clock.now() }
        #expect(try people.person(token: third) == nil)
        #expect(code { try people.signIn(name: "wangfang", password: Self.password) } == .wrongPassword)
    }

    @Test func aChangedPasswordEndsTheOtherSessionsAndKeepsThisOne() throws {
        let (other, _) = try people.signIn(name: "wangfang", password: Self.password)
        let (mine, person) = try people.signIn(name: "wangfang", password: Self.password)
        let session = try #require(try people.person(token: mine)?.session)
        #expect(
            code {
                try people.changePassword(of: person, from: "wrong password!", to: "a new password", session: session)
            }
                == .wrongPassword)
        try people.changePassword(of: person, from: Self.password, to: "a new password", session: session)
        #expect(try people.person(token: other) == nil)
        #expect(try people.person(token: mine) != nil)
        #expect(code { try people.signIn(name: "wangfang", password: Self.password) } == .wrongPassword)
        _ = try people.signIn(name: "wangfang", password: "a new password")
    }

    @Test func aFirstPasswordIsMadeAndHasToBeChanged() throws {
        let (account, first) = try people.add(name: "li", fullName: "", role: .leader, password: nil)
        #expect(account.mustChangePassword)
        #expect(try people.signIn(name: "li", password: first).1.mustChangePassword)
        #expect(try people.reset("li", password: nil) != first)
    }

    @Test(arguments: [
        "short", "wangfang", "wangfang1", "王芳", "aaaaaaaaaaaa", "password", "1234567890", "榴园镇123",
        String(repeating: "长密码", count: 60),
    ]) func whatIsEasilyGuessedIsRefused(password: String) {
        #expect(
            code { try people.add(name: "zhao", fullName: "王芳", role: .clerk, password: password) } == .weakPassword
                || password == "wangfang1")
    }

    @Test(arguments: ["", "a b", "<b>", "a/b", "a\nb", String(repeating: "a", count: 33)])
    func aNameIsReadableInEveryLog(name: String) {
        #expect(code { try people.add(name: name, fullName: "", role: .clerk, password: nil) } == .badValue)
    }

    @Test func aNameIsGivenOnce() {
        #expect(
            code { try people.add(name: "WANGFANG", fullName: "", role: .clerk, password: nil) } == .accountExists)
        #expect(code { try people.reset("nobody", password: nil) } == .unknownAccount)
    }

    @Test func aHashOfAnotherCostIsRenewedAtSigningIn() throws {
        let cheap = PasswordHash.Cost(logRounds: 10, blockSize: 1, parallelism: 1)
        let old = try PasswordHash(Self.password, cost: cheap).text
        try people.change("wangfang") { $0.passwordHash = old }
        _ = try people.signIn(name: "wangfang", password: Self.password)
        let kept = try fixture.township.database.read {
            try fixture.township.accounts(in: $0).account("wangfang")?.passwordHash
        }
        #expect(PasswordHash(try #require(kept))?.cost == PasswordHash.present)
        _ = try people.signIn(name: "wangfang", password: Self.password)
    }

    @Test func noSecretStandsInTheDatabase() throws {
        let (token, _) = try people.signIn(name: "wangfang", password: Self.password)
        try fixture.township.database.write { _ in }
        let folder = try FileManager.default.contentsOfDirectory(atPath: fixture.path).filter { $0.contains("sqlite") }
        #expect(!folder.isEmpty)
        for file in folder {
            let bytes = try Data(contentsOf: URL(filePath: "\(fixture.path)/\(file)"))
            #expect(bytes.range(of: Data(token.utf8)) == nil)
            #expect(bytes.range(of: Data(Self.password.utf8)) == nil)
        }
    }
}

/// A password's hash carries its cost, and takes nothing from storage that it would not have written.
@Suite struct PasswordHashTests {
    private static let cheap = PasswordHash.Cost(logRounds: 10, blockSize: 1, parallelism: 1)

    @Test func itMatchesItsOwnPasswordOnly() throws {
        let hash = try PasswordHash("山高月小 水落石出", cost: Self.cheap)
        let read = try #require(PasswordHash(hash.text))
        #expect(read.matches("山高月小 水落石出"))
        #expect(!read.matches("山高月小 水落石出 "))
        #expect(try PasswordHash("山高月小 水落石出", cost: Self.cheap).text != hash.text)
    }

    /// The full-width letters that an input method writes are the same password.
    @Test func formsOfWidthAreOnePassword() throws {
        #expect(try PasswordHash("ＡＢＣ１２３abc！", cost: Self.cheap).matches("ABC123abc!"))
    }

    /// RFC 7914, section 12, the second vector.
    @Test func itIsScrypt() throws {
        let cost = PasswordHash.Cost(logRounds: 10, blockSize: 8, parallelism: 16)
        let hash = try PasswordHash("password", salt: Array("NaCl".utf8), cost: cost)
        #expect(hash.hash.prefix(8) == [0xFD, 0xBA, 0xBE, 0x1C, 0x9D, 0x34, 0x72, 0x00])
    }

    @Test func aReleaseTakesWhatItsDocumentationSays() {
        #expect(PasswordHash.full == .init(logRounds: 15, blockSize: 8, parallelism: 3))
    }

    @Test(arguments: [
        "", "$scrypt$ln=15,r=8,p=3$AAAA$AAAA", "$scrypt$ln=40,r=8,p=3$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
        "$argon2$ln=15,r=8,p=3$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "plain",
    ]) func anythingElseIsNoHash(text: String) { #expect(PasswordHash(text) == nil) }
}

/// What browsers and programs send in forms.
@Suite struct FormFieldsTests {
    @Test func aFormIsDecoded() throws {
        let form = try FormFields(urlEncoded: "a=1+2&b=%E7%8E%8B%26&b=&c".utf8)
        #expect(form["a"] == "1 2")
        #expect(form.all("b") == ["王&", ""])
        #expect(form["c"] == "")
        #expect(form["d"] == nil)
    }

    /// A carriage return would come back as a sign of its own, and what was tried first could not be written then.
    @Test func linesEndAsThoseOfRecordsDo() throws {
        let form = try FormFields(urlEncoded: "a=1%0D%0A2%0D3%0A4".utf8)
        #expect(form["a"] == "1\n2\n3\n4")
        #expect(try FormFields(json: .object([("a", .string("1\r\n2"))]))["a"] == "1\n2")
    }

    @Test(arguments: ["a=%ZZ", "a=%00", "=%C3%28"]) func hostileFormsAreRefused(text: String) {
        #expect(throws: Problem.self) { try FormFields(urlEncoded: text.utf8) }
    }

    @Test func tooManyFieldsAreRefused() {
        let text = Array(repeating: "a=1", count: FormFields.Limit.fields + 1).joined(separator: "&")
        #expect(throws: Problem.self) { try FormFields(urlEncoded: text.utf8) }
    }

    @Test func anObjectIsAForm() throws {
        let document = try #require(
            try JSONParser.documents(Array(#"{"a":"x","n":3,"l":["p","q"],"z":null,"t":true}"#.utf8)).first)
        let form = try FormFields(json: document)
        #expect(
            form["a"] == "x" && form["n"] == "3" && form.all("l") == ["p", "q"] && form["z"] == nil
                && form["t"] == "true")
        let nested = try #require(try JSONParser.documents(Array(#"{"a":{"b":1}}"#.utf8)).first)
        #expect(throws: Problem.self) { try FormFields(json: nested) }
    }
}
