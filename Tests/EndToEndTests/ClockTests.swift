import Foundation
import ProgramRunner
import Testing

/// Wall clocks that are off by years, given to whole programs by libfaketime (Debian package `faketime`).
@Suite(.enabled("needs the package faketime") { WrongClock.library != nil })
struct ClockTests {
    private static let village = "370404101201"
    private func station(_ name: String, clock: String, of server: TownshipServer) throws -> VillageStation {
        var station = VillageStation(in: server.folder.deletingLastPathComponent(), name: name)
        station.program.environment.merge(WrongClock.environment(clock)) { $1 }
        let joined = try station.run("join", server.url, try server.invite(village: Self.village, staff: name))
        guard joined.code == 0 else { throw ProgramFailure("join \(clock): \(joined.text)") }
        return station
    }

    private static let clocks = ["-20y", "+30y", "@1970-01-01 00:00:01", "@2106-02-08 00:00:00"]

    @Test(arguments: clocks, [true, false])
    func aStationYearsOffJoinsRecordsAndSyncs(clock: String, isPlain: Bool) throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url, isPlain: isPlain)
        try server.start()
        let off = try station("off", clock: clock, of: server)
        let right = try server.station("right", village: Self.village, staff: "李建国")
        let household = try off.new("household", "number=1", "address=一组")
        let year = try #require(off.run("history", household).json["entries"][0]["at"].string?.prefix(4))
        #expect(clock.hasPrefix("@") ? clock.dropFirst().hasPrefix(year) : year != "2026", "the clock is not off")
        try off.sync()
        try right.sync()
        #expect(try right.run("edit", household, "address=二组").code == 0)
        try right.sync()
        try off.sync()
        // What was seen is overruled, whatever the clocks say: no conflict, in either direction.
        #expect(try off.run("edit", household, "address=三组").code == 0)
        try off.sync()
        try right.sync()
        for station in [off, right] {
            #expect(try station.show(household)["fields"]["address"].string == "三组")
        }
        #expect(try server.command("conflicts", "--all").json["conflicts"].array.isEmpty)
        #expect(try server.faults(atRest: [off, right]) == [])
        let entries = try server.command("history", household).json["entries"].array
        #expect(entries.compactMap { $0["seq"].int } == [1, 2, 3])
        let isAhead = clock == "+30y" || clock.hasPrefix("@2106")
        #expect(entries.map { $0["clockFlagged"].bool == true } == [isAhead, false, isAhead])
        #expect(try off.run("doctor").code == 0)
    }

    @Test func aClockThatJumpsBetweenCommandsDisturbsNothing() throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        var off = try station("off", clock: "-20y", of: server)
        let household = try off.new("household", "number=1")
        for (index, clock) in ["+30y", "-3y", "@1970-01-01 00:00:01", "+1d", "-40d", "+0"].enumerated() {
            off.program.environment.merge(WrongClock.environment(clock)) { $1 }
            #expect(try off.run("edit", household, "address=\(index)").code == 0)
            try off.sync()
        }
        #expect(try server.command("show", household).json["fields"]["address"].string == "5")
        #expect(try server.command("history", household).json["entries"].array.count == 7)
        #expect(try server.faults(atRest: [off]) == [])
    }

    @Test(arguments: ["-20y", "+5y", "+30y", "-10d"])
    func aServersClockThatJumpsCostsAStationNothing(clock: String) throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let a = try server.station("a", village: Self.village, staff: "王秀英")
        let household = try a.new("household", "number=1")
        try a.sync()
        for offset in [clock, "+0"] {
            #expect(server.stop() == 0)
            server.program.environment.merge(WrongClock.environment(offset)) { $1 }
            try server.start()
            // The nonce is too old or from the future: one round trip more, and no failure.
            #expect(try a.run("edit", household, "address=\(offset)").code == 0)
            try a.sync()
            #expect(try server.command("show", household).json["fields"]["address"].string == offset)
        }
        #expect(try server.faults(atRest: [a]) == [])
    }
}
