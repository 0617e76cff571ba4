import Foundation
import ProgramRunner
import Testing

/// What was, and how it came to be: earlier days, and the whole story of a household (R17, R47).
@Suite struct AsOfTests {
    @Test(.enabled("needs the package faketime") { WrongClock.library != nil })
    func theEndOfADayShowsThatDayAndNothingLater() throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url, environment: WrongClock.environment("@2026-03-02 09:00:00"))
        try server.start()
        var station = try server.station("a", village: "370404101201", staff: "王秀英")
        let household = try station.new("household", "number=001", "address=一组")
        try station.sync()
        server.stop()
        let later = WrongClock.environment("@2026-03-09 09:00:00")
        server.program.environment.merge(later) { $1 }
        station.program.environment.merge(later) { $1 }
        try server.start()
        #expect(try station.run("edit", household, "address=二组").code == 0)
        _ = try station.new("member", "household=\(household)", "name=张三")
        try station.sync()
        var browser = try ConsoleBrowser.signedIn(server, "li")
        for (day, address, people) in [("2026-03-02", "一组", 0), ("2026-03-08", "一组", 0), ("2026-03-09", "二组", 1)] {
            let then = try browser.json("/households/\(household)?as_of=\(day)")
            #expect(then["household"]["fields"]["address"].string == address, "\(day)")
            #expect(then["members"].array.count == people, "\(day)")
            #expect(then["asOf"]["day"].string == day)
        }
        #expect(try browser.get("/households/\(household)?as_of=2026-03-01").status >= 400)
        let page = try browser.get("/households/\(household)?as_of=2026-03-08")
        #expect(page.words.contains("2026-03-08 终了时") && !page.actions.contains { $0.hasSuffix("/disclosure") })
    }
}

@Suite struct HouseholdHistoryTests {
    private let folder: TemporaryFolder
    private let server: TownshipServer
    private let station: VillageStation
    private let household: String
    private let member: String

    init() throws {
        (folder, server, station, household, member) = try FamilyVillage(
            member: ["name=张三", "id_number=11010519491231002X", "disease=尿毒症"]
        ).parts
        try station.sync()
    }

    @Test func aConflictIsToldWithItsValuesMasked() throws {
        let other = try server.station("b", village: "370404101201", staff: "李建国")
        try other.sync()
        #expect(try station.run("edit", member, "id_number=440524188001010014").code == 0)
        #expect(try other.run("edit", member, "id_number=370404198001010017").code <= 65)
        #expect(try other.run("edit", member, "name=张三丰", "--reason", "更正姓名").code == 0)
        try station.sync()
        try other.sync()
        var browser = try ConsoleBrowser.signedIn(server, "li")
        let page = try browser.get("/households/\(household)")
        let json = try browser.json("/households/\(household)")
        let conflict = try #require(json["conflicts"][0].string)
        #expect(page.links.contains("/conflicts/\(conflict)") && page.words.contains("有冲突"))
        let history = try browser.json("/households/\(household)/history")
        #expect(history["entries"][0]["outcome"].string == "conflicted")
        #expect(history["entries"].array.contains { $0["staff"].string == "李建国" && $0["reason"].string == "更正姓名" })
        for path in ["/records/\(conflict)", "/households/\(household)", "/households/\(household)/history"] {
            for accept in ["text/html", "application/json"] {
                let text = try browser.get(path, headers: ["Accept": accept]).text
                for secret in ["440524188001010014", "11010519491231002X", "尿毒症"] {
                    #expect(!text.contains(secret), "\(path) \(accept) \(secret)")
                }
            }
        }
    }

    @Test func theStoryIsToldPageByPageNewestFirst() throws {
        for number in 1...25 { #expect(try station.run("edit", household, "address=\(number)组").code == 0) }
        try station.sync()
        var browser = try ConsoleBrowser.signedIn(server, "li")
        var seqs: [Int] = []
        var path = "/households/\(household)/history"
        while true {
            let page = try browser.json(path)
            #expect(page["entries"].array.count <= 20)
            seqs += page["entries"].array.compactMap { $0["seq"].int }
            guard let next = page["next"].int else {
                #expect(page["count"].int == seqs.count)
                break
            }
            path = "/households/\(household)/history?before=\(next)"
        }
        #expect(seqs.count == 27 && seqs == seqs.sorted(by: >))
    }
}
