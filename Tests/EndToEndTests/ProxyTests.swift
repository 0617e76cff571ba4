import Foundation
import ProgramRunner
import Testing

/// Syncs through a network that cuts, delays, duplicates, replays, corrupts and answers for somebody else.
@Suite struct ProxyTests {
    /// What a sync through bad networks may end with: done, unreachable, partly done. Never "refused", which is for a
    /// person to act on, and never a fault of the program.
    private static let expected: Set<Int32> = [0, 69, 75]
    /// A sync gives up 30 s after the last progress; the rest is the machine's.
    private static let boundSeconds = 50.0
    /// Faults for each station; `RUHU_FAULTS` raises it for a long run.
    private static let faultsPerStation =
        ProcessInfo.processInfo.environment["RUHU_FAULTS"].flatMap { Int($0) } ?? 42

    /// One station's day behind its proxy.
    private struct Day: Sendable {
        var station: VillageStation
        let proxy: FaultProxy
        let code: String
        var dice: Dice
        var confirmed: [String] = []
        var codes: [Int32: Int] = [:]
        var slowest = 0.0
        var strange: [String] = []

        mutating func run(faults: Int) throws {
            for joins in 0..<40 {
                let joined = try station.run("join", proxy.url, code)
                note(joined, "join")
                if joined.code == 0 { break }
                if joins == 39 { throw ProgramFailure("never joined: \(joined.text)") }
            }
            var number = 0
            while proxy.faults < faults, number < faults * 3 {
                number += 1
                let known = confirmed.randomElement(using: &dice)
                if let known, dice.happens(40) {
                    guard try station.run("edit", known, "address=\(number)").code == 0 else {
                        throw ProgramFailure("edit")
                    }
                } else {
                    confirmed.append(try station.new("household", "number=\(station.name)-\(number)"))
                }
                let pending = try station.run("outbox").json["sets"].array.count
                let synced = try station.run("sync")
                note(synced, "sync")
                let left = try station.run("outbox").json["sets"].array.count
                if left > 0, synced.code == 0 { strange.append("complete with \(left) of \(pending) sets pending") }
            }
        }

        private mutating func note(_ outcome: Program.Outcome, _ what: String) {
            codes[outcome.code, default: 0] += 1
            slowest = max(slowest, outcome.seconds)
            if !ProxyTests.expected.contains(outcome.code) {
                strange.append("\(what) \(outcome.code) \(outcome.text) \(outcome.errors)")
            }
        }
    }

    @Test func throughEveryFaultNothingIsLostOrDoubled() async throws {
        let seed = Dice.seedOfRun
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        var days: [Day] = []
        for index in 0..<4 {
            let proxy = try FaultProxy(to: server.port, seed: seed &+ UInt64(index), percent: 45)
            days.append(
                Day(
                    station: VillageStation(in: folder.url, name: "s\(index)"), proxy: proxy,
                    code: try server.invite(village: "37040410120\(1 + index / 2)", staff: "协理员\(index)"),
                    dice: Dice(seed &+ 100 &+ UInt64(index))))
        }
        let done = try await withThrowingTaskGroup(of: Day.self) { group in
            for day in days {
                group.addTask {
                    try await onThread {
                        var day = day
                        try day.run(faults: Self.faultsPerStation)
                        return day
                    }
                }
            }
            return try await group.reduce(into: [Day]()) { $0.append($1) }
        }
        for day in done {
            let plan = Comment(rawValue: "RUHU_SEED=\(seed) \(day.proxy.plan)")
            #expect(day.strange.isEmpty, "\(day.strange) \(plan)")
            #expect(day.slowest < Self.boundSeconds, plan)
            #expect(day.proxy.counts.count == FaultProxy.Fault.allCases.count, "every kind of fault came")
            day.proxy.becomeHonest()
        }
        for _ in 0..<2 { for day in done { _ = try day.station.syncPatiently() } }
        #expect(try server.faults(atRest: done.map(\.station)) == [], "RUHU_SEED=\(seed)")
        for day in done {
            for id in day.confirmed {
                #expect(try server.command("show", id).json["deleted"].bool == false, "RUHU_SEED=\(seed)")
            }
        }
        print("proxy: \(done.map(\.proxy.requests).reduce(0, +)) requests,", Self.summary(done))
    }

    private static func summary(_ days: [Day]) -> String {
        var faults: [String: Int] = [:]
        var codes: [Int32: Int] = [:]
        for day in days {
            for (fault, count) in day.proxy.counts { faults[fault.rawValue, default: 0] += count }
            codes.merge(day.codes) { $0 + $1 }
        }
        return "\(faults.sorted { $0.key < $1.key }) exits \(codes.sorted { $0.key < $1.key })"
    }

    @Test func aSilentNetworkEndsTheSyncInBoundedTimeAndKeepsTheWork() async throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let proxy = try FaultProxy(to: server.port, seed: 1, percent: 0)
        let station = VillageStation(in: folder.url, name: "a")
        _ = try station.joinPatiently(proxy.url, code: try server.invite(village: "370404101201", staff: "王秀英"))
        let first = try station.new("household", "number=1")
        try station.sync()
        proxy.stall()
        _ = try station.new("household", "number=2")
        let stalled = try await onThread { try station.run("sync") }
        #expect(stalled.code == 69)
        #expect(stalled.seconds < Self.boundSeconds)
        #expect(try station.run("outbox").json["sets"].array.count == 1)
        #expect(try station.show(first)["fields"]["number"].string == "1")
        proxy.becomeHonest()
        let synced = try station.sync()
        // The server had committed it behind the silence: the outcome comes again, the set does not.
        #expect(synced["pushed"]["sets"].int == 1)
        #expect(try server.faults(atRest: [station]) == [])
    }

    @Test func aStationWhoseEnrolmentWasNotAnsweredMayUseAnotherCode() throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let proxy = try FaultProxy(to: server.port, seed: 1, percent: 0)
        let station = VillageStation(in: folder.url, name: "a")
        let village = "370404101201"
        // The first request fetches the nonce, the second one enrols; the transport sends it once more by itself.
        proxy.force(nil, .dropAnswer, .dropAnswer)
        #expect(try station.run("join", proxy.url, try server.invite(village: village, staff: "王秀英")).code == 69)
        #expect(try server.command("devices").json["devices"].array.count == 1)
        let other = try server.invite(village: "370404101202", staff: "王秀英")
        #expect(try station.run("join", proxy.url, other).code == 65)
        let again = try station.run("join", proxy.url, try server.invite(village: village, staff: "王秀英"))
        #expect(again.code == 0, "\(again.text)")
        #expect(try server.command("devices").json["devices"].array.count == 1)
        _ = try station.new("household", "number=1")
        try station.sync()
        #expect(try server.faults(atRest: [station]) == [])
    }

    @Test func aPushWhoseAnswerWasLostIsDecidedOnce() throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let proxy = try FaultProxy(to: server.port, seed: 1, percent: 0)
        let station = VillageStation(in: folder.url, name: "a")
        _ = try station.joinPatiently(proxy.url, code: try server.invite(village: "370404101201", staff: "王秀英"))
        try station.sync()
        for fault in [FaultProxy.Fault.dropAnswer, .cutAnswer, .duplicate, .replayAfter] {
            _ = try station.new("household", "number=\(fault)")
            proxy.force(fault, fault)
            #expect(try station.sync()["pushed"]["sets"].int == 1)
        }
        #expect(try server.command("status").json["seq"].int == 4)
        #expect(try server.faults(atRest: [station]) == [])
    }

    @Test func aSyncThatIsCutOffSaysHowFarItCame() throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let proxy = try FaultProxy(to: server.port, seed: 1, percent: 0)
        let station = VillageStation(in: folder.url, name: "a")
        _ = try station.joinPatiently(proxy.url, code: try server.invite(village: "370404101201", staff: "王秀英"))
        try station.sync()
        _ = try station.new("household", "number=1")
        // The push arrives, and nothing after it.
        proxy.force(nil)
        for _ in 0..<60 { proxy.force(.dropAnswer) }
        let cut = try station.program.run(["sync"])
        #expect(cut.code == 75)
        #expect(cut.errors.contains("1 change sets up"), "\(cut.errors)")
        proxy.becomeHonest()
    }

    /// The checker of these suites, itself: what it must see, it sees.
    @Test func whatIsMissingOrWaitingIsNoticed() throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let a = try server.station("a", village: "370404101201", staff: "王秀英")
        let b = try server.station("b", village: "370404101201", staff: "李建国")
        _ = try a.new("household", "number=1")
        let waiting = try server.faults(atRest: [a])
        #expect(
            waiting.contains { $0.contains("not settled") } && waiting.contains { $0.contains("household differs") })
        try a.sync()
        #expect(try server.faults(atRest: [a]) == [])
        let stale = try server.faults(atRest: [b])
        #expect(stale.contains { $0.contains("another digest") } && stale.contains { $0.contains("household differs") })
        #expect(!stale.contains { $0.contains("not settled") })
    }

    @Test func joiningThroughAPortalSaysUnreachable() throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let code = try server.invite(village: "370404101201", staff: "王秀英")
        let url = server.url
        server.stop()
        let station = VillageStation(in: folder.url, name: "a")
        let refused = try station.run("join", url, code)
        #expect(refused.code == 69, "\(refused.text)")
        #expect(refused.json["error"]["code"].int == 4014)
        try server.start()
        #expect(try station.run("join", url, code).code == 0)
    }
}
