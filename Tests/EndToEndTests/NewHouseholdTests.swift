import Foundation
import ProgramRunner
import Testing

/// A household that no station has recorded, registered at the desk.
@Suite struct NewHouseholdTests {
    private let desk: DeskVillage
    private let clerk: ConsoleBrowser
    private static let path = "/households/new"
    private static let told: KeyValuePairs = [
        "village": DeskVillage.village, "number": "101", "address": "一组12号", "phones": "13800138000",
        "name": "王家庆", "id_number": "11010519491231002X", "reason": "本人来所登记",
    ]

    init() throws {
        desk = try DeskVillage()
        clerk = try ConsoleBrowser.signedIn(desk.server, "li", fullName: "李敏")
    }

    private func households() throws -> [JSON] {
        try desk.server.command("list", "household").json["records"].array
    }

    @Test func aHouseholdIsRegisteredWithItsHeadOnce() throws {
        var clerk = clerk
        let page = try clerk.get(Self.path)
        let done = try clerk.submit(page, Self.path, Self.told)
        #expect(done.status == 303, "\(done.words)")
        #expect(try clerk.submit(page, Self.path, Self.told).status == 303)
        let home = try #require(try households().first)
        #expect(try households().count == 1 && home["fields"]["number"].string == "101")
        let people = try desk.server.command("list", "member").json["records"].array
        #expect(people.map { $0["fields"]["name"].string } == ["王家庆"])
        #expect(people.first?["fields"]["relation"].string == "02")
        #expect(home["fields"]["head"].string == people.first?["id"].string)
        // A station of the village has it with its next sync.
        try desk.a.sync()
        #expect(try desk.a.show(try #require(home["id"].string))["fields"]["address"].string == "一组12号")
    }

    @Test func withoutAHeadItIsAHouseholdAlone() throws {
        var clerk = clerk
        let done = try clerk.submit(
            try clerk.get(Self.path), Self.path, ["village": DeskVillage.village, "number": "7", "reason": "村里来电"])
        #expect(done.status == 303, "\(done.words)")
        #expect(try desk.server.command("list", "member").json["records"].array.isEmpty)
    }

    @Test(arguments: [
        ("village", "", "请选择村居"), ("village", "370404102201", "请选择本镇街的村居"), ("number", "", "请填户编号"),
        ("id_number", "110105194912310021", "身份证"), ("name", "", "也要写姓名"), ("phones", "12", "电话"),
    ]) func whatIsWrongStandsBesideItsFieldAndNothingIsMade(name: String, value: String, said: String) throws {
        var clerk = clerk
        let page = try clerk.get(Self.path)
        let form = try #require(page.forms.first { $0.action == Self.path })
        let changed = Self.told.filter { $0.key != name }.map { ($0.key, $0.value) } + [(name, value)]
        let named = Set(changed.map { $0.0 })
        let back = try clerk.post(Self.path, form.fields.filter { !named.contains($0.0) } + changed)
        #expect(back.status == 400 && back.words.contains(said), "\(back.words)")
        #expect(back.text.contains("aria-invalid=\"true\""), "\(back.text)")
        #expect(back.forms.contains { $0.fields.contains { $0 == ("address", "一组12号") } })
        #expect(try households().isEmpty)
    }

    /// A roster finds households by their number.
    @Test func aNumberOfTheVillageIsNotGivenTwice() throws {
        var clerk = clerk
        _ = try desk.family("101")
        let back = try clerk.submit(try clerk.get(Self.path), Self.path, Self.told)
        #expect(back.status == 400 && back.words.contains("已有户编号 101"), "\(back.words)")
    }

    @Test func whoIsOnRecordAlreadyIsPutBeforeAClerkAtOnce() throws {
        var clerk = clerk
        _ = try desk.family("201")
        #expect(try clerk.submit(try clerk.get(Self.path), Self.path, Self.told).status == 303)
        #expect(try desk.server.command("duplicates").json["count"].int == 1)
    }

    @Test func whoSearchesInVainIsLedToTheForm() throws {
        var clerk = clerk
        let page = try clerk.get("/households?text=%E7%8E%8B%E5%AE%B6%E5%BA%86")
        let link = try #require(page.links.first { $0.hasPrefix(Self.path) })
        #expect(try clerk.get(link).forms.contains { $0.fields.contains { $0 == ("name", "王家庆") } }, "\(link)")
        let number = try #require(try clerk.get("/households?text=0101").links.first { $0.hasPrefix(Self.path) })
        #expect(number.hasSuffix("number=0101"))
        var district = try ConsoleBrowser.signedIn(desk.server, "qu", role: "district")
        #expect(!(try district.get("/households").links.contains { $0.hasPrefix(Self.path) }))
        #expect(try district.get(Self.path).status == 403)
    }
}
