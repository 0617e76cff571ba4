import Foundation
import ProgramRunner
import Testing

/// Texts that were made to be slow, bodies of strangers, and what is masked asked for bit by bit.
@Suite struct HostileFormTests {
    /// One character with half a million marks took the server minutes, of anybody who asked.
    private static let marks = "a" + String(repeating: "\u{301}\u{327}", count: 1_000)

    private let desk: DeskVillage

    init() throws { desk = try DeskVillage() }

    @Test func aTextOfMarksIsRefusedWhereverItStands() throws {
        var stranger = ConsoleBrowser(desk.server)
        let marks = Self.marks
        for fields in [[("zzz", marks)], [(marks, "1")], [("name", marks), ("password", "x")]] {
            #expect(try stranger.post("/login", fields).status == 400)
        }
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        let token = try #require(try clerk.get("/today").forms.first { $0.action == "/logout" }?.fields.first?.1)
        #expect(try clerk.post("/find", [("form_token", token), ("text", marks)]).status == 400)
        #expect(try clerk.get("/households?text=" + ConsoleBrowser.encoded(marks)).status == 400)
        #expect(try clerk.get("/today", headers: ["Accept-Language": "zh\u{301}"]).status == 400)
        // What people write has a mark or two.
        #expect(try clerk.post("/find", [("form_token", token), ("text", "Zoe\u{301} 张三")]).status < 400)
    }

    /// A body is read when it is known whose it is, and of strangers a small one.
    @Test func aStrangersBodyIsNotRead() throws {
        var stranger = ConsoleBrowser(desk.server)
        let big = String(repeating: "x", count: 100_000)
        #expect(try stranger.post("/login", [("name", big)]).status == 413)
        #expect([303, 401].contains(try stranger.post("/imports/plan", [("roster", big)]).status))
    }

    /// By its parts a masked number could be worked out, digit by digit.
    @Test func aPartOfANumberFindsNoCase() throws {
        let (home, member) = try desk.family("001")
        #expect(
            try desk.a.run("apply", home, "dibao", "--signer", "张三", "--reason", "因病", "--member", member).code == 0)
        try desk.meet()
        var district = try ConsoleBrowser.signedIn(desk.server, "qu", role: "district")
        #expect(try district.json("/cases")["cases"].array.count == 1)
        #expect(try district.json("/cases?text=1101")["cases"].array.isEmpty)
        #expect(try district.get("/cases?text=11010519491231002X").status == 400)
        #expect(try district.json("/cases?text=" + ConsoleBrowser.encoded("张三"))["cases"].array.count == 1)
    }

    /// A number that somebody wrote into a remark is masked as the field itself is.
    @Test func aNumberInAFreeTextIsMasked() throws {
        let (home, _) = try desk.family("001")
        _ = try desk.a.new("note", "household=\(home)", "text=其子证号370404198001010014，电话13800001234")
        try desk.meet()
        var clerk = try ConsoleBrowser.signedIn(desk.server, "li")
        for path in ["/households/\(home)", "/households/\(home)/history"] {
            let page = try clerk.get(path)
            #expect(!page.text.contains("370404198001010014"), "\(path)")
            #expect(page.text.contains("3704**********0014"), "\(path)")
        }
    }
}
