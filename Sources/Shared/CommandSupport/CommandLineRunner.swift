package import ArgumentParser
import Glibc
package import SyncEngine

/// Parses, runs and ends a program as the contract says.
package enum CommandLineRunner {
    /// Never returns: the exit code is the table's.
    package static func main<Root: ParsableCommand>(_ root: Root.Type) async -> Never {
        let arguments = Array(CommandLine.arguments.dropFirst())
        let isJSON = arguments.contains("--json")
        signal(SIGPIPE, SIG_IGN)
        umask(0o077)
        if arguments.isEmpty {
            Stream.write(HelpText.localised(Root.helpMessage()) + "\n", to: STDERR_FILENO)
            exit(ExitCode.usage.rawValue)
        }
        do {
            var command = try Root.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit(ExitCode.done.rawValue)
        } catch {
            end(error, root: root, isJSON: isJSON)
        }
    }

    private static func end<Root: ParsableCommand>(_ error: any Error, root: Root.Type, isJSON: Bool) -> Never {
        if let problem = error as? Problem { fail(problem, isJSON: isJSON) }
        let code = Root.exitCode(for: error)
        if code == .success {
            // Help, version, a completion script.
            Stream.write(HelpText.localised(Root.fullMessage(for: error)) + "\n", to: STDOUT_FILENO)
            exit(ExitCode.done.rawValue)
        }
        if code == .validationFailure {
            let said = Root.message(for: error)
            let problem = Problem(.usage, explanation: Label(zh: "命令写法不对：\(said)", en: said))
            fail(problem, isJSON: isJSON)
        }
        fail(describe(error), isJSON: isJSON, detail: "\(error)")
    }

    /// Errors of other layers that users meet.
    private static func describe(_ error: any Error) -> Problem {
        if let described = error as? any ProblemConvertible { return described.problem }
        let text = "\(error)"
        return text.contains("SQLite error") ? Problem(.storage) : Problem(.internalError)
    }

    private static func fail(_ problem: Problem, isJSON: Bool, detail: String = "") -> Never {
        let failure = Failure(problem)
        if isJSON { Stream.write(JSONValue.object([("error", failure.document)]).compact + "\n", to: STDOUT_FILENO) }
        failure.tell()
        Diagnostics.detail(detail)
        exit(problem.code.exitCode.rawValue)
    }
}

/// An error that knows what to tell the user.
package protocol ProblemConvertible: Error {
    var problem: Problem { get }
}

/// The parser's fixed words in the reader's language.
enum HelpText {
    private static let words = [
        ("OVERVIEW: ", ""), ("USAGE: ", "用法："), ("ARGUMENTS:", "参数："), ("OPTIONS:", "选项："), ("SUBCOMMANDS:", "命令："),
        ("SUBCOMMANDS", "命令"), ("Show help information.", "显示帮助。"), ("Show the version.", "显示版本。"),
        ("(default: ", "（默认："),
        ("<options>", "<选项>"), ("<subcommand>", "<命令>"),
    ]

    static func localised(_ text: String) -> String {
        guard Language.current == .zh else { return text }
        var result = text
        for (english, chinese) in words { result = replace(english, with: chinese, in: result) }
        return result
    }

    private static func replace(_ old: String, with new: String, in text: String) -> String {
        var result = ""
        var rest = text[...]
        while let range = rest.firstRange(of: old) {
            result += rest[..<range.lowerBound] + new
            rest = rest[range.upperBound...]
        }
        return result + rest
    }
}

/// How much of a listing.
package struct PageOptions: ParsableArguments {
    @Option(help: ArgumentHelp(L("最多几条", "At most so many"))) package var limit = 1_000
    @Option(help: ArgumentHelp(L("从此编号之后", "After this id"))) package var after: String?
    @Flag(help: ArgumentHelp(L("包括已删除的和已并入的", "Deleted ones and aliases too"))) package var all = false

    package init() {}

    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for a limit below one or an id that is none.
    package func selection() throws -> RecordSelection {
        guard limit > 0 else { throw Problem(.badValue, "--limit") }
        let start = try after.map { text in
            guard let id = RecordID(text) else { throw Problem(.badValue, "--after") }
            return id
        }
        return RecordSelection(limit: limit, after: start, isComplete: all)
    }
}
