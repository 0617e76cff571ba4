import ProgramRunner
import Testing

/// `ruhu deadline`, on a machine that has not joined anything.
@Suite struct DeadlineTests {
    private let folder: TemporaryFolder
    private let program: Program

    init() throws {
        folder = try TemporaryFolder()
        program = Program("ruhu", environment: ["RUHU_HOME": folder.url.path])
    }

    @Test(arguments: [
        ("2025-01-24", "12wd", "2025-02-17"), ("2025-01-28T22:30", "24h", "2025-01-29T22:30:00+08:00"),
        ("2024-02-06", "7d", "2024-02-18"),
    ])
    func theDueDateIsADateAndOfHoursATime(start: String, term: String, due: String) throws {
        let outcome = try program.run(["deadline", start, term, "--json"])
        #expect(outcome.code == 0)
        #expect(outcome.json["due"].string == due)
        #expect(outcome.json["term"].string == term)
    }

    @Test func peopleSeeTheDaysThatDidNotCount() throws {
        let outcome = try program.run(["deadline", "2025-01-24", "12wd"])
        #expect(outcome.text.hasPrefix("Due: 2025-02-17 (Mon)\n"))
        #expect(outcome.text.contains("2025-01-25 (Sat)  weekend"))
        #expect(outcome.text.contains("2025-01-28 (Tue)  Spring Festival"))
        let chinese = Program("ruhu", environment: ["LANG": "zh_CN.UTF-8", "RUHU_HOME": folder.url.path])
        let text = try chinese.run(["deadline", "2025-01-24", "12wd"]).text
        #expect(text.hasPrefix("到期：2025-02-17（周一）\n"))
        #expect(text.contains("2025-01-28（周二）  春节"))
        #expect(text.contains("2025-02-08（周六）  春节"))
    }

    @Test(arguments: [
        (["2031-01-01", "12wd"], 65, 2030), (["2025-01-24", "12x"], 65, 2003), (["soon", "12wd"], 65, 2003),
        (["2025-01-24"], 64, 1001),
    ])
    func whatCannotBeComputedIsRefused(arguments: [String], exit: Int, code: Int) throws {
        let outcome = try program.run(["deadline"] + arguments + ["--json"])
        #expect(outcome.code == Int32(exit))
        #expect(outcome.json["error"]["code"].int == code)
    }
}
