import Foundation
import ProgramRunner
import Testing

/// People call a household by its number; a command takes that wherever it takes the household's id.
@Suite struct HouseholdNumberTests {
    @Test func aNumberIsAsGoodAsAnIdWhereItNamesOneHousehold() throws {
        let folder = try TemporaryFolder()
        let server = try TownshipServer(in: folder.url)
        try server.start()
        let station = try server.station("a", village: "370404101201", staff: "王秀英")
        let home = try station.new("household", "number=208", "address=一组")
        #expect(try station.run("edit", "208", "address=二组").json["id"].string == home)
        let member = try station.new("member", "household=208", "name=张三")
        #expect(try station.show(member)["fields"]["household"].string == home)
        #expect(try station.run("show", "208").json["id"].string == home)
        let none = try station.run("edit", "209", "address=二组")
        #expect(none.code == 65 && none.json["error"]["code"].int == 2009, "\(none.text)")
        _ = try station.new("household", "number=208", "address=三组")
        let two = try station.run("new", "member", "household=208", "name=李四")
        #expect(two.code == 65 && two.json["error"]["message"].string?.contains("2") == true, "\(two.text)")
    }
}
