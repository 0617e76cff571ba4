import Foundation
import ProgramRunner
import Testing

/// A data folder that cannot be written, and keys that cannot be read.
@Suite struct ReadOnlyTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation
    private let household: String

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        station = try server.station("a", village: "370404101201", staff: "王秀英")
        household = try station.new("household", "number=1")
        try station.sync()
        _ = try station.run("edit", household, "address=改过")
    }

    private func contents(of url: URL) throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: url.path) where !name.hasSuffix(".log") {
            files[name] = try? Data(contentsOf: url.appending(path: name))
        }
        return files
    }

    @Test(.enabled("needs a mount (root)") { Mount.refusal == nil })
    func aReadOnlyStationSaysSoAndIsAsItWas() async throws {
        let before = try contents(of: station.folder)
        let mount = try Mount(readOnly: station.folder)
        for arguments in [["new", "household", "number=2"], ["edit", household, "address=乙"], ["sync"], ["doctor"]] {
            let outcome = try await onThread { [station] in try station.run(arguments) }
            #expect([73, 74].contains(outcome.code), "\(arguments) \(outcome.code) \(outcome.text)")
            #expect(outcome.json["error"]["message"].string?.isEmpty == false)
            #expect(outcome.seconds < 20)
        }
        for arguments in [["show", household], ["list", "household"], ["status"], ["outbox"]] {
            let outcome = try station.run(arguments)
            #expect([0, 74].contains(outcome.code), "\(arguments) \(outcome.code) \(outcome.text)")
        }
        #expect(try contents(of: station.folder) == before)
        _ = consume mount
        try station.sync()
        #expect(try server.faults(atRest: [station]) == [])
        #expect(try server.command("show", household).json["fields"]["address"].string == "改过")
    }

    @Test(.enabled("needs a mount (root)") { Mount.refusal == nil })
    func aReadOnlyTownshipSaysSoAndIsAsItWas() async throws {
        #expect(server.stop() == 0)
        let before = try contents(of: server.folder)
        let mount = try Mount(readOnly: server.folder)
        let program = server.program
        let commands = [
            ["serve", "--listen", "127.0.0.1:0", "--plain-http"],
            ["invite", "--village", "370404101201", "--staff", "王"],
        ]
        for arguments in commands {
            let outcome = try await onThread { try program.run(arguments + ["--json"], killAfter: 25) }
            #expect([73, 74].contains(outcome.code), "\(arguments) \(outcome.code) \(outcome.text)")
            #expect(outcome.json["error"]["message"].string?.isEmpty == false)
        }
        for arguments in [["status"], ["list", "household"], ["nightly"]] {
            let outcome = try program.run(arguments + ["--json"])
            #expect([0, 74].contains(outcome.code), "\(arguments) \(outcome.code) \(outcome.text)")
        }
        #expect(try contents(of: server.folder) == before)
        _ = consume mount
        try server.start()
        try station.sync()
        #expect(try server.faults(atRest: [station]) == [])
    }

    /// What can have become of a key file.
    private enum Damage: String, CaseIterable {
        case missing, empty, short, folder

        func apply(to url: URL) throws {
            try FileManager.default.removeItemIfThere(url)
            switch self {
            case .missing: break
            case .empty: try Data().write(to: url)
            case .short: try Data("abc".utf8).write(to: url)
            case .folder: try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
            }
        }
    }

    @Test func aStationWithoutItsKeyKeepsRecordingAndCannotSync() throws {
        let key = station.folder.appending(path: "signing.key")
        let bytes = try Data(contentsOf: key)
        for damage in Damage.allCases {
            try damage.apply(to: key)
            let synced = try station.run("sync")
            #expect(synced.code == 74, "\(damage) \(synced.code) \(synced.text)")
            #expect(synced.json["error"]["code"].int == 5004, "\(damage) \(synced.text)")
            #expect(try station.run("new", "household", "number=\(damage)").code == 0)
            try FileManager.default.removeItemIfThere(key)
            try bytes.write(to: key)
        }
        try station.sync()
        #expect(try server.faults(atRest: [station]) == [])
    }

    @Test(arguments: [
        "signing.key", "desk.key", "nonce.secret", "tls-key.pem", "tls-certificate.pem", "tls-key.sha256",
    ])
    func aTownshipWithoutAKeyDoesNotServe(name: String) throws {
        server.stop()
        let key = server.folder.appending(path: name)
        let bytes = try Data(contentsOf: key)
        for damage in Damage.allCases {
            try damage.apply(to: key)
            let served = try server.program.run(["serve", "--listen", "127.0.0.1:0", "--json"], killAfter: 10)
            #expect(served.code == 74, "\(damage) \(served.code) \(served.text) \(served.errors)")
            #expect(served.json["error"]["code"].int == 5004, "\(damage) \(served.text)")
            try FileManager.default.removeItemIfThere(key)
        }
        try bytes.write(to: key)
        try server.start()
        try station.sync()
    }
}

extension FileManager {
    fileprivate func removeItemIfThere(_ url: URL) throws {
        if fileExists(atPath: url.path) { try removeItem(at: url) }
    }
}
