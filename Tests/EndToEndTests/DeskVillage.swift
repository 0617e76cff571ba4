import Foundation
import ProgramRunner
import Testing

/// A township with two stations of one village, whose people do not see what the other does: what the desk's pages are
/// tested with.
struct DeskVillage {
    static let village = "370404101201"

    let folder: TemporaryFolder
    let server: TownshipServer
    let a: VillageStation
    let b: VillageStation

    init() throws {
        folder = try TemporaryFolder()
        server = try TownshipServer(in: folder.url)
        try server.start()
        a = try server.station("a", village: Self.village, staff: "王秀英")
        b = try server.station("b", village: Self.village, staff: "李建国")
    }

    /// Both hold everything.
    func meet() throws {
        try a.sync()
        try b.sync()
        try a.sync()
    }

    /// A household with a person, known to both.
    func family(_ number: String, name: String = "张三", _ more: String...) throws -> (home: String, member: String) {
        let home = try a.new("household", "number=\(number)", "address=一组")
        let member = try a.run(
            ["new", "member", "household=\(home)", "name=\(name)", "id_number=11010519491231002X"] + more)
        guard let id = member.json["id"].string else { throw ProgramFailure("member: \(member.text)") }
        try meet()
        return (home, id)
    }

    /// Both change the same thing without having seen the other.
    func differ(_ id: String, _ ours: [String], _ theirs: [String]) throws {
        #expect(try a.run(["edit", id, "--reason", "走访"] + ours).code == 0)
        #expect(try b.run(["edit", id, "--reason", "电话"] + theirs).code == 0)
        try meet()
    }

    func conflicts() throws -> [JSON] { try server.command("conflicts").json["conflicts"].array }

    func value(_ id: String, _ field: String) throws -> JSON { try server.command("show", id).json["fields"][field] }

}
