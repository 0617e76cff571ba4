import Foundation
import ProgramRunner
import Testing

/// A letter tells of something that is on record: no rejection without its decision, no failed check without its report,
/// no change without what changes it (R28, R42, R43).
@Suite struct LetterTests {
    private var desk: CaseConsole
    private let id: String

    init() throws {
        var desk = try CaseConsole()
        id = try desk.takeIn()
        self.desk = desk
    }

    /// What the form of the page and the command are refused by.
    private func refusals(_ desk: inout CaseConsole, _ kind: String) throws -> [String] {
        let page = try desk.clerk.get("/cases/\(id)")
        let form = try desk.clerk.submit(
            page, "/cases/\(id)/notices", ["kind": kind, "text": "理由"], headers: ["Accept": "application/json"])
        let command = try desk.server.command("notice", id, kind, "--text", "理由")
        let bare = try desk.server.command("new", "notice", "application=\(id)", "text=理由").json["id"].string ?? ""
        return [form.json, command.json, try desk.server.command("edit", bare, "kind=\(kind)").json].map { answer in
            guard answer["error"]["code"].int == 2031 else { return "issued: \(answer["error"]["code"].int ?? 0)" }
            let told = answer["error"]["message"].string ?? ""
            return ["R28", "R42", "R43"].first { told.contains($0) } ?? told
        }
    }

    @Test func noLetterIsIssuedWithoutWhatItTellsOf() throws {
        var desk = desk
        try desk.reviewed(id)
        #expect(try refusals(&desk, "rejection") == ["R42", "R42", "R42"])
        #expect(try refusals(&desk, "check_failure") == ["R28", "R28", "R28"], "the report conforms")
        #expect(try refusals(&desk, "adjustment") == ["R43", "R43", "R43"])
        try desk.decided(id, "rejected")
        try desk.work(id, "notices", ["kind": "rejection", "text": "收入超标"])
        #expect(try refusals(&desk, "adjustment") == ["R43", "R43", "R43"])
    }

    @Test func aFailedCheckIsToldOf() throws {
        var desk = desk
        try desk.move(id, "authorise")
        try desk.move(id, "prepare")
        #expect(try refusals(&desk, "check_failure") == ["R28", "R28", "R28"], "no report yet")
        try desk.check(id, failing: true)
        try desk.work(id, "notices", ["kind": "check_failure", "text": "有未申报的财产"])
        #expect(try refusals(&desk, "rejection") == ["R42", "R42", "R42"])
    }
}

/// A day that is typed lies between what the event answers and today.
@Suite struct CaseDayTests {
    private static let day: Double = 86_400

    private func day(_ offset: Int = 0) -> String {
        let china = Date().addingTimeInterval(8 * 3_600 + Double(offset) * Self.day)
        return String(china.ISO8601Format().prefix(10))
    }

    private func codes(_ answers: JSON...) -> [Int?] { answers.map { $0["error"]["code"].int } }

    @Test func aDayThatCannotBeIsRefusedByOneProblem() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        let asProgram = ["Accept": "application/json"]
        func form(_ act: String, _ fields: KeyValuePairs<String, String>) throws -> JSON {
            try desk.clerk.submit(try desk.clerk.get("/cases/\(id)"), "/cases/\(id)/\(act)", fields, headers: asProgram)
                .json
        }
        try desk.reviewed(id)
        for on in ["0001-01-01", "1066-10-14", "9999-12-31", day(3)] {
            #expect(try codes(form("trips", ["on": on, "where": "township", "why": "补签字"])) == [2003], "\(on)")
        }
        let early = try desk.server.command(
            "new", "decision", "application=\(id)", "result=stopped", "basis=a", "signatories=李",
            "decided_on=2025-01-01")
        #expect(codes(early.json) == [2003], "\(early.text)")
        try desk.decided(id)
        try desk.sign(id, "approve")
        try desk.posted(id)
        for on in ["0001-01-01", "2019-12-31", day(-1), day(3), "9999-12-31"] {
            #expect(try codes(form("objections", ["text": "他家有车", "at": on])) == [2003], "\(on)")
        }
        #expect(try desk.clerk.json("/cases/\(id)")["objections"].array.isEmpty)
        #expect(try codes(form("objections", ["text": "他家有车", "at": day()])) == [nil])
        for on in ["0001-01-01", day(-1), day(3)] {
            let review = try form(
                "reviews",
                [
                    "held_on": on, "attendees": "甲", "votes_for": "1", "votes_against": "0", "record": "无车",
                    "result": "upheld",
                ])
            #expect(codes(review) == [2003], "\(on)")
        }
        let notice = try #require(try desk.clerk.json("/cases/\(id)")["notices"][0]["id"].string)
        let delivered = try desk.server.command("edit", notice, "delivered_on=2020-01-01")
        #expect(codes(delivered.json) == [2003], "\(delivered.text)")
    }

    /// A station's day is judged by the township's clock, and nothing is lost: it comes back with the reason.
    @Test func aStationsObjectionOfTheYearOneIsKeptAsideWithTheReason() throws {
        var desk = try CaseConsole()
        let id = try desk.takeIn()
        try desk.station.sync()
        _ = try desk.station.new("objection", "application=\(id)", "text=他家有车", "at=0001-01-01")
        try desk.station.sync()
        let kept = try desk.server.command("quarantine").json["sets"].array
        #expect(kept.compactMap { $0["code"].int } == [2003])
        #expect(try desk.clerk.json("/cases/\(id)")["objections"].array.isEmpty)
    }
}
