import Foundation
import ProgramRunner
import Testing

/// Several programs at once, on one replica and on one server.
@Suite struct ConcurrencyTests {
    @Test func typingWhileASyncRunsLosesNothing() async throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let station = try server.station("a", village: "370404101201", staff: "王秀英")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for index in 0..<15 { _ = try station.new("household", "number=t\(index)") }
            }
            group.addTask {
                for _ in 0..<8 { _ = try station.run("sync") }
            }
            try await group.waitForAll()
        }
        try station.sync()
        #expect(try server.command("list", "household").json["count"].int == 15)
        #expect(try station.run("outbox").json["sets"].array.isEmpty)
        #expect(try station.run("doctor").code == 0)
    }

    @Test func manyStationsPushAtOnceAndEachSetHasItsSeq() async throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let stations = try (1...8).map { index in
            try server.station("s\(index)", village: "37040410120\(index)", staff: "协理员\(index)")
        }
        for station in stations {
            for index in 0..<3 { _ = try station.new("household", "number=\(index)") }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for station in stations { group.addTask { try station.sync() } }
            try await group.waitForAll()
        }
        let status = try server.command("status").json
        #expect(status["seq"].int == 24)
        #expect(status["devices"].array.allSatisfy { $0["acknowledged"].int == 3 })
        #expect(try server.command("nightly").code == 0)
    }

    @Test func theDeskDecidesBesideARunningServer() async throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let a = try server.station("a", village: "370404101201", staff: "王秀英")
        let b = try server.station("b", village: "370404101201", staff: "李建国")
        var households: [String] = []
        for index in 0..<4 { households.append(try a.new("household", "number=\(index)")) }
        try a.sync()
        try b.sync()
        for id in households {
            _ = try a.run("edit", id, "address=甲")
            _ = try b.run("edit", id, "address=乙")
        }
        try a.sync()
        try b.sync()
        let conflicts = try server.command("conflicts").json["conflicts"].array.compactMap { $0["id"].string }
        #expect(conflicts.count == 4)
        let program = server.program
        try await withThrowingTaskGroup(of: Int32.self) { group in
            for id in conflicts {
                group.addTask { try program.run(["resolve", id, "--take", "theirs", "--reason", "核对", "--json"]).code }
            }
            group.addTask {
                for index in 0..<5 { _ = try a.new("household", "number=x\(index)") }
                return try a.run("sync").code
            }
            for try await code in group { #expect(code == 0) }
        }
        #expect(try server.command("conflicts").json["conflicts"].array.isEmpty)
        #expect(try server.command("nightly").code == 0)
    }

    @Test func ofManySyncsAtOneStationOneRunsAndTheOthersComeBackLater() async throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let station = try server.station("a", village: "370404101201", staff: "王秀英")
        _ = try station.run("new", "-", input: KillWorker.documents(count: 300, prefix: "n").0)
        let codes = try await withThrowingTaskGroup(of: Int32.self) { group in
            for _ in 0..<6 { group.addTask { try await onThread { try station.run("sync").code } } }
            return try await group.reduce(into: [Int32]()) { $0.append($1) }
        }
        #expect(codes.contains(0))
        #expect(codes.allSatisfy { [0, 75].contains($0) })
        try station.sync()
        #expect(try server.command("status").json["seq"].int == 300)
        #expect(try server.faults(atRest: [station]) == [])
    }

    @Test func theDesksCommandsRunBesideServeUnderLoad() async throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let stations = try (1...4).map { try server.station("s\($0)", village: "370404101201", staff: "协\($0)") }
        let program = server.program
        let commands = [
            ["status"], ["list", "household"], ["nightly"], ["devices"], ["find", "1"], ["conflicts"], ["quarantine"],
            ["invite", "--village", "370404101201", "--staff", "新人"],
        ]
        let failures = try await withThrowingTaskGroup(of: [String].self) { group in
            for station in stations {
                group.addTask {
                    try await onThread {
                        for round in 0..<4 {
                            let text = KillWorker.documents(count: 100, prefix: "\(station.name)-\(round)-").0
                            _ = try station.run("new", "-", input: text)
                            try station.sync()
                        }
                        return []
                    }
                }
            }
            group.addTask {
                try await onThread {
                    try (commands + commands).compactMap { command in
                        let outcome = try program.run(command + ["--json"])
                        return outcome.code == 0 ? nil : "\(command) \(outcome.code) \(outcome.text)"
                    }
                }
            }
            return try await group.reduce(into: [String]()) { $0 += $1 }
        }
        #expect(failures == [])
        for station in stations { try station.sync() }
        #expect(try server.command("status").json["seq"].int == 1_600)
        #expect(try server.faults(atRest: stations) == [])
    }
}
