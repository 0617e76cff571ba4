import BrowserDriver
import Foundation
import ProgramRunner

/// A township with two stations of one village and people at the desk: what the tests with a browser work in.
/// Confined to its test's thread.
final class DeskTown {
    static let village = "370404101201"
    /// A password that the rules accept.
    static let password = ConsoleBrowser.password

    let folder: TemporaryFolder
    let server: TownshipServer
    private(set) var a: VillageStation
    private(set) var b: VillageStation

    /// - Parameter clock: of server and stations, as faketime has it; else the machine's.
    init(clock: String? = nil) throws {
        folder = try TemporaryFolder()
        let environment = clock.map(WrongClock.environment) ?? [:]
        server = try TownshipServer(in: folder.url, environment: environment)
        try server.start()
        a = VillageStation(in: folder.url, name: "a")
        b = VillageStation(in: folder.url, name: "b")
        setClock(environment)
        try join(a, Self.village, "王秀英")
        try join(b, Self.village, "李建国")
    }

    private func setClock(_ environment: [String: String]) {
        a.program.environment.merge(environment) { $1 }
        b.program.environment.merge(environment) { $1 }
    }

    private func join(_ station: VillageStation, _ village: String, _ staff: String) throws {
        let joined = try station.run("join", server.url, try server.invite(village: village, staff: staff))
        guard joined.code == 0 else { throw ProgramFailure("join: \(joined.errors)") }
    }

    // MARK: - People of the desk

    /// - Returns: the first password, when none is given.
    @discardableResult
    func account(
        _ name: String, _ fullName: String, role: String = "clerk", password: String? = DeskTown.password
    ) throws -> String {
        let made = try server.program.run(
            ["user", "add", name, "--role", role, "--full-name", fullName, "--json"]
                + (password == nil ? [] : ["--password-stdin"]), input: password.map { $0 + "\n" })
        guard made.code == 0 else { throw ProgramFailure("user add: \(made.text) \(made.errors)") }
        return made.json["password"].string ?? password ?? ""
    }

    /// A window of its own in which somebody has signed in.
    func window(_ name: String, language: String = "zh-CN") throws -> Browser {
        let browser = try Browser.open(language: language)
        try signIn(name, in: browser)
        return browser
    }

    func signIn(_ name: String, password: String = DeskTown.password, in browser: Browser) throws {
        try browser.go(server.url + "/login")
        try browser.type(name, into: "#name")
        try browser.type(password, into: "#password")
        try browser.leave { try browser.click("main button[type=submit]") }
    }

    // MARK: - What the villages do

    func family(
        _ number: String, _ name: String, idNumber: String, _ more: String...
    ) throws
        -> (home: String, member: String)
    {
        let home = try a.new(
            "household", "number=\(number)", "address=阴平村一组 \(number) 号", "hukou_type=20", "phones=13806320000")
        let member = try a.run(
            ["new", "member", "household=\(home)", "name=\(name)", "id_number=\(idNumber)", "relation=02"] + more)
        guard let id = member.json["id"].string else { throw ProgramFailure("member: \(member.text) \(member.errors)") }
        return (home, id)
    }

    /// Both hold everything.
    func meet() throws {
        try a.sync()
        try b.sync()
        try a.sync()
    }

    /// Both change the same thing without having seen the other.
    func differ(_ id: String, _ ours: [String], _ theirs: [String]) throws {
        for (station, reason, fields) in [(a, "走访时看到", ours), (b, "电话问过本人", theirs)] {
            let edited = try station.run(["edit", id, "--reason", reason] + fields)
            guard edited.code == 0 else { throw ProgramFailure("edit: \(edited.text) \(edited.errors)") }
        }
        try meet()
    }

    func desk(_ arguments: String...) throws -> JSON {
        let outcome = try server.program.run(arguments + ["--json"])
        guard outcome.code == 0 else { throw ProgramFailure("\(arguments): \(outcome.text) \(outcome.errors)") }
        return outcome.json
    }

    /// Answers a request file as the check platform does.
    func answerCheck(_ request: String) throws {
        let asked = folder.url.appending(path: "requests.json")
        let answered = folder.url.appending(path: "reports.json").path
        try Data(request.utf8).write(to: asked)
        _ = try desk("check", "simulate", asked.path, answered)
        _ = try desk("check", "import", answered)
    }

    /// Server and stations go on at another time; sessions of before may have ended.
    func goOn(at clock: String) throws {
        let environment = WrongClock.environment(clock)
        server.stop()
        server.program.environment.merge(environment) { $1 }
        setClock(environment)
        try server.start()
    }
}
