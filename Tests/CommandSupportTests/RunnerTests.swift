import ArgumentParser
import SyncEngine
import Testing

@testable import CommandSupport

private struct Program: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "sample", abstract: L("示例：记录和同步", "A sample: records and sync"), version: "1.2.3",
            subcommands: [Say.self, Bundle.self],
            groupedSubcommands: [CommandGroup(name: L("同步", "Syncing"), subcommands: [Later.self])])
    }
}

private struct Say: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "say", abstract: L("说一句话", "Say something"),
            discussion: L("例：sample say 你好", "Example: sample say hello"))
    }

    @Flag(help: ArgumentHelp(L("输出一个 JSON 文档", "Print one JSON document"))) var json = false
    @Option(
        help: ArgumentHelp(
            L(
                "说几遍；这一行写得很长，为的是看中文在八十列的地方怎样换行，换行之后又从哪里开始",
                "How often; this line is long in order to show where it breaks and where it goes on")))
    var times = 2
    @Argument(help: ArgumentHelp(L("要说的话", "What to say"))) var text: String

    func run() throws {
        switch text {
        case "problem": throw Problem(.unreachable, "10.0.0.1")
        case "known": throw Known()
        case "database": throw Unknown(text: "SQLite error 13: database or disk is full")
        case "unknown": throw Unknown(text: "odd")
        case "own": throw ArgumentParser.ExitCode(3)
        case "invalid": throw ValidationError("not this")
        default: break
        }
    }
}

private struct Known: ProblemConvertible {
    var problem: Problem { Problem(.busy) }
}

private struct Unknown: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
}

private struct Bundle: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "bundle", abstract: L("同步包", "Bundles"), subcommands: [Later.self])
    }
}

private struct Later: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "later", abstract: L("以后再说", "Later"))
    }

    @Flag var fail = false

    func run() async throws {
        await Task.yield()
        if fail { throw Problem(.syncRunning) }
    }
}

private func run(_ arguments: String..., in language: Language = .en) async -> Ending {
    await Language.$preferred.withValue(language) {
        await CommandLineRunner.run(Program.self, arguments: arguments)
    }
}

@Suite struct HelpGoldenTests {
    private func help(_ command: String, _ language: Language) throws -> String {
        try Language.$preferred.withValue(language) {
            var asked = try Program.parseAsRoot([command, "--help"])
            let error = #expect(throws: (any Error).self) { try asked.run() }
            let said = Program.fullMessage(for: try #require(error), columns: HelpText.unwrapped)
            return HelpText.rendered(said, in: language, columns: 80)
        }
    }

    @Test func ofACommandInChinese() throws {
        #expect(
            try help("say", .zh) == """
                说明：说一句话

                例：sample say 你好

                用法：  sample say [--json] [--times <times>] <text>

                参数：
                  <text>                  要说的话

                选项：
                  --json                  输出一个 JSON 文档
                  --times <times>         说几遍；这一行写得很长，为的是看中文在八十列的地方怎样
                                          换行，换行之后又从哪里开始（默认：2）
                  --version               显示版本。
                  -h, --help              显示帮助。

                """)
    }

    @Test func ofACommandInEnglish() throws {
        #expect(
            try help("say", .en) == """
                OVERVIEW: Say something

                Example: sample say hello

                USAGE: sample say [--json] [--times <times>] <text>

                ARGUMENTS:
                  <text>                  What to say

                OPTIONS:
                  --json                  Print one JSON document
                  --times <times>         How often; this line is long in order to show where it
                                          breaks and where it goes on (default: 2)
                  --version               Show the version.
                  -h, --help              Show help information.

                """)
    }

    @Test func ofTheProgramInChinese() async {
        let ending = await run("--help", in: .zh)
        #expect(ending.code == 0)
        #expect(ending.errors.isEmpty)
        #expect(
            ending.output == """
                说明：示例：记录和同步

                用法：  sample <命令>

                选项：
                  --version               显示版本。
                  -h, --help              显示帮助。

                命令：
                  say                     说一句话
                  bundle                  同步包

                同步：
                  later                   以后再说

                  详见：sample help <命令>

                """)
    }

    @Test func ofTheProgramInEnglish() async {
        let ending = await run("help")
        #expect(ending.code == 0)
        #expect(
            ending.output == """
                OVERVIEW: A sample: records and sync

                USAGE: sample <subcommand>

                OPTIONS:
                  --version               Show the version.
                  -h, --help              Show help information.

                SUBCOMMANDS:
                  say                     Say something
                  bundle                  Bundles

                SYNCING SUBCOMMANDS:
                  later                   Later

                  See 'sample help <subcommand>' for detailed help.

                """)
    }
}

@Suite struct HelpWordsTests {
    private func chinese(_ line: String) -> String { HelpText.rendered(line, in: .zh, columns: 200) }

    @Test(arguments: [
        ("  --a <a>                 Which (values: x, y; default: x)", "  --a <a>                 Which（可选：x, y；默认：x）"),
        ("  --a <a>                 Which (values: x, y)", "  --a <a>                 Which（可选：x, y）"),
        ("  --a <a>                 Which (default: f(x))", "  --a <a>                 Which（默认：f(x)）"),
        ("  run (default)           Run", "  run（默认）          Run"),
        ("USAGE: x <options> <subcommand>", "用法：  x <选项> <命令>"),
        ("  See 'x y --help' for more information.", "  详见：x y --help"),
        ("  a                       See OPTIONS: there", "  a                       See OPTIONS: there"),
    ])
    func theParsersWordsAreTranslatedAndNoOthers(english: String, chinese wanted: String) {
        #expect(chinese(english) == wanted)
    }

    @Test func noLineBeginsWithAClosingMarkOrIsTooWide() {
        let text = "  --a                     " + String(repeating: "汉字，", count: 40)
        let lines = HelpText.rendered(text, in: .zh, columns: 61).split(separator: "\n")
        #expect(lines.count > 3)
        for line in lines {
            #expect(TerminalText.width(String(line)) <= 61)
            #expect(line.drop { $0 == " " }.first != "，")
        }
        #expect(
            lines.dropFirst().allSatisfy {
                $0.hasPrefix(String(repeating: " ", count: 26) + "汉")
                    || $0.hasPrefix(String(repeating: " ", count: 26) + "字")
            })
        #expect(lines.joined().filter { $0 != " " } == text.filter { $0 != " " })
    }
}

@Suite struct RunnerEndingTests {
    @Test(
        arguments: [
            (["say", "hello"], 0), (["later"], 0), (["bundle", "later"], 0), (["--version"], 0),
            (["say", "--help"], 0),
            ([], 64), (["bundle"], 64), (["say"], 64), (["frobnicate"], 64), (["say", "a", "b"], 64),
            (["say", "a", "--times", "many"], 64), (["say", "a", "--nothing"], 64), (["say", "invalid"], 64),
            (["say", "problem"], 69), (["later", "--fail"], 75), (["say", "known"], 75), (["say", "database"], 74),
            (["say", "unknown"], 70), (["say", "own"], 3),
        ] as [([String], Int32)])
    func everyEndHasItsCode(arguments: [String], code: Int32) async {
        let ending = await CommandLineRunner.run(Program.self, arguments: arguments)
        #expect(ending.code == code)
        #expect(ending.errors.isEmpty == (code == 0 || code == 3))
    }

    @Test func aFailureIsJSONOnStandardOutputAndTextOnStandardError() async {
        let ending = await run("say", "problem", "--json", in: .zh)
        #expect(
            ending.output
                == #"{"error":{"code":4014,"name":"unreachable","message":"连不上镇街服务器（10.0.0.1）","hint":"内容已保存在本机，有信号时再运行 ruhu sync。"}}"#
                + "\n")
        #expect(ending.errors.contains("连不上镇街服务器（10.0.0.1）"))
        #expect(await run("say", "problem").output.isEmpty)
    }

    @Test func aCommandLineThatDoesNotParseIsJSONToo() async throws {
        for arguments in [["say", "--json"], ["say", "x", "--json", "--tims", "2"], ["--json"], ["later", "--json"]] {
            let ending = await CommandLineRunner.run(Program.self, arguments: arguments)
            let document = try #require(try JSONParser.documents(Array(ending.output.utf8)).first)
            #expect(document["error"]?["code"] == .int(1001))
            #expect(ending.code == 64)
        }
        let literal = await run("say", "problem", "--", "--json")
        #expect(literal.output.isEmpty)
    }

    @Test func detailOfAnUnknownErrorIsForStandardErrorAlone() async {
        let ending = await run("say", "unknown", "--json")
        #expect(ending.errors.contains("(odd)"))
        #expect(!ending.output.contains("odd"))
    }

    @Test func theProgramAloneShowsItsHelpAsAMistake() async {
        let ending = await run(in: .zh)
        #expect(ending.output.isEmpty)
        #expect(ending.errors.hasSuffix("  详见：sample help <命令>\n"))
        #expect(await run("bundle", in: .zh).errors.contains("用法：  sample bundle <命令>\n"))
    }

    @Test func theVersionIsBare() async { #expect(await run("--version", in: .zh).output == "1.2.3\n") }

    @Test(arguments: ["bash", "zsh", "fish"]) func completionScriptsAreLeftAsTheyAre(shell: String) async throws {
        let ending = await run("--generate-completion-script", shell, in: .zh)
        #expect(ending.code == 0)
        let script = Language.$preferred.withValue(.zh) {
            CompletionShell(rawValue: shell).map { Program.completionScript(for: $0) }
        }
        #expect(ending.output.trimmingSpace == script?.trimmingSpace)
    }
}

@Suite struct ParserMessageTests {
    @Test(arguments: [
        (["say"], "缺少 <text>"), (["say", "a", "--times"], "--times <times> 后面要写值"),
        (["say", "a", "--times", "many"], "--times <times> 不能是 many"),
        (["say", "a", "--tims"], "没有选项 --tims，是不是 --times？"),
        (["say", "a", "-z"], "没有选项 -z"), (["say", "a", "b"], "不认识 b"), (["say", "a", "b", "c"], "不认识 b、c"),
        (["say", "a", "--json=1"], "--json 不带值，不能写 1"), (["say", "invalid"], "命令写法不对：not this"),
    ])
    func theParsersSentencesAreToldInChinese(arguments: [String], said: String) async throws {
        let ending = await Language.$preferred.withValue(.zh) {
            await CommandLineRunner.run(Program.self, arguments: arguments)
        }
        #expect(ending.errors.hasPrefix("出错 1001：\(said)\n加 --help 查看用法。\n"), "\(ending.errors)")
        #expect(ending.errors.contains("用法：  sample "))
    }
}
