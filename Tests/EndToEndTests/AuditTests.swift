import Foundation
import ProgramRunner
import Testing

/// `ruhu-server audit` with the built programs: what is changed in the database by hand is found, and a record is
/// proved to a station that has no signal.
@Suite struct AuditTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation
    private let household: String

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        station = try server.station("a", village: "370404101201", staff: "王秀英")
        household = try station.new("household", "number=001", "address=一组")
        try station.sync()
        _ = try station.run("edit", household, "address=二组")
        try station.sync()
    }

    private func file(_ text: String) throws -> String {
        let url = folder.url.appending(path: "proof-\(UUID().uuidString).json")
        try Data(text.utf8).write(to: url)
        return url.path
    }

    private func heldSize() throws -> Int { try station.run("status").json["treeHead"]["size"].int ?? 0 }

    @Test func anHonestTownshipIsSound() throws {
        let verified = try server.command("audit", "verify")
        #expect(verified.code == 0)
        #expect(verified.json["sound"].bool == true)
        #expect(verified.json["sets"].int == 2 && verified.json["frames"].int == 2)
        #expect(try server.command("nightly").json["audit"]["sound"].bool == true)
    }

    @Test(
        .enabled(if: Tampering.isPossible, "needs the sqlite3 command"),
        arguments: [
            ("UPDATE household SET address = '三组'", "record"),
            ("UPDATE log_change SET deleted = 1 WHERE id >> 20 = 2", "leaf"),
            ("UPDATE log SET bytes = CAST(bytes || x'7f' AS BLOB) WHERE seq = 1", "chain"),
            ("UPDATE log SET result = 2 WHERE seq = 1", "leaf"),
            ("UPDATE frame_signature SET signature = zeroblob(64) WHERE number = 1", "signature"),
            ("DELETE FROM frame_signature WHERE number = 2", "signature"),
            ("DELETE FROM log WHERE seq = 2", "tree"),
            (
                "UPDATE log SET seq = 3 WHERE seq = 1; UPDATE log SET seq = 1 WHERE seq = 2;"
                    + "UPDATE log SET seq = 2 WHERE seq = 3", "leaf"
            ),
            ("UPDATE device SET signing_key = zeroblob(32)", "signature"),
        ])
    func whatIsChangedInTheDatabaseIsNamed(sql: String, check: String) throws {
        server.stop()
        try server.tamper(sql)
        let verified = try server.command("audit", "verify")
        #expect(verified.code == 74)
        #expect(verified.json["findings"].array.contains { $0["check"].string == check })
        #expect(try server.command("nightly").code == 74)
    }

    @Test(.enabled(if: Tampering.isPossible, "needs the sqlite3 command"))
    func aLogCutBackWithItsTreeIsFoundByTheHeadFile() throws {
        server.stop()
        let leaf = "(SELECT leaf FROM log WHERE seq = 1)"
        try server.tamper(
            """
            DELETE FROM log_change WHERE id >> 20 = 2; DELETE FROM log WHERE seq = 2;
            DELETE FROM frame_signature WHERE number = 2;
            UPDATE meta SET value = CAST(x'0000000000000001' || \(leaf) AS BLOB) WHERE key = 'tree';
            """)
        let verified = try server.command("audit", "verify")
        #expect(verified.code == 74)
        #expect(verified.json["findings"].array.contains { $0["check"].string == "head" })
    }

    @Test func aRecordIsProvedToAStationWithoutASignal() throws {
        let proof = try server.command("audit", "prove", household)
        #expect(proof.code == 0)
        #expect(proof.json["sets"].array.count == 2)
        server.stop()
        let checked = try station.run("verify-proof", try file(proof.text))
        #expect(checked.code == 0)
        #expect(checked.json["head"].string == "held")
    }

    @Test func aLaterProofLeadsFromTheHeadThatIsHeld() throws {
        let held = try heldSize()
        let other = try server.station("b", village: "370404101201", staff: "李建国")
        for number in 0..<3 { _ = try other.new("household", "number=9\(number)") }
        try other.sync()
        let loose = try server.command("audit", "prove", household)
        let unproven = try station.run("verify-proof", try file(loose.text))
        #expect(unproven.code == 65)
        #expect(unproven.json["head"].string == "unproven")
        let proof = try server.command("audit", "prove", household, "--head", "\(held)")
        let checked = try station.run("verify-proof", try file(proof.text))
        #expect(checked.code == 0)
        #expect(checked.json["head"].string == "extends")
    }

    @Test func anAlteredProofIsRefused() throws {
        let text = try server.command("audit", "prove", household).text
        let alterations = [
            ("\"number\":1", "\"number\":7"), ("\"deleted\":false", "\"deleted\":true"),
            ("\"kind\":\"household\"", "\"kind\":\"member\""), ("\"result\":1", "\"result\":3"),
        ]
        for (old, new) in alterations {
            #expect(text.contains(old))
            let refused = try station.run("verify-proof", try file(text.replacing(old, with: new)))
            #expect(refused.code == 65, "\(old) → \(new)")
            #expect(refused.json["sound"].bool == false)
        }
        #expect(try station.run("verify-proof", try file("{}")).code == 65)
    }

    @Test func aProofIsOfTheRecordThatItNames() throws {
        let text = try server.command("audit", "prove", household).text
        let other = "01900000-0000-7000-8000-000000000001"
        let relabelled = text.replacing(
            "{\"record\":\"\(household)\"", with: "{\"record\":\"\(other)\"", maxReplacements: 1)
        #expect(relabelled != text)
        #expect(try station.run("verify-proof", try file(relabelled)).code == 65)
        let sets = try #require(text.range(of: "\"sets\":["))
        let doubled = text[..<sets.upperBound] + firstSet(text[sets.upperBound...]) + "," + text[sets.upperBound...]
        let refused = try station.run("verify-proof", try file(String(doubled)))
        #expect(refused.code == 65)
        #expect(!refused.json["wrong"].array.isEmpty)
    }

    /// The first object of a list.
    private func firstSet(_ list: Substring) -> Substring {
        var depth = 0
        for index in list.indices {
            if list[index] == "{" { depth += 1 }
            if list[index] == "}" { depth -= 1 }
            if depth == 0 { return list[...index] }
        }
        return list
    }

    @Test func aFieldIsTracedToWhoTypedIt() throws {
        let traced = try server.command("audit", "trace", household, "address")
        #expect(traced.code == 0)
        let steps = traced.json["steps"].array
        #expect(steps.count == 2)
        for step in steps {
            #expect(step["staff"].string == "王秀英")
            #expect(step["scope"].string == "370404101201")
            #expect(step["signed"].bool == true && step["included"].bool == true)
            #expect(step["edits"].array.map { $0["field"].string } == ["address"])
        }
        #expect(try server.command("audit", "trace", "01900000-0000-7000-8000-000000000001").code == 65)
    }

    /// The leaf is of the set that was signed, and what lies beside it is another.
    @Test(.enabled(if: Tampering.isPossible, "needs the sqlite3 command"))
    func otherBytesThanTheSignedOnesAreNotCalledSigned() throws {
        server.stop()
        try server.tamper("UPDATE log SET bytes = (SELECT bytes FROM log WHERE seq = 1) WHERE seq = 2")
        let steps = try server.command("audit", "trace", household, "address").json["steps"].array
        #expect(steps.map { $0["signed"].bool } == [true, false])
    }
}
