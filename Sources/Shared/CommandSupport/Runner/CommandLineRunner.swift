package import ArgumentParser
import Glibc
package import SyncEngine

/// Parses, runs and ends a program as the contract of DESIGN section 5 says.
package enum CommandLineRunner {
    /// Never returns: the process ends with a code of ``ExitCode``'s table. SIGPIPE is ignored, and files are made for
    /// their owner alone.
    ///
    /// - Parameter arguments: without the program's name.
    package static func main<Root: ParsableCommand>(
        _ root: Root.Type, arguments: [String] = Array(CommandLine.arguments.dropFirst())
    ) async -> Never {
        signal(SIGPIPE, SIG_IGN)
        umask(0o077)
        let ending = await run(root, arguments: arguments)
        StandardStream.output.write(ending.output)
        StandardStream.errors.write(ending.errors)
        if ending.code == ExitCode.done.rawValue, StandardStream.outputIsLost {
            let problem = Problem(
                .storage, explanation: Label(zh: "结果没有写完整", en: "The result was not written to its end"))
            exit(Failure(problem).report(isJSON: false).rawValue)
        }
        exit(ending.code)
    }

    /// Parses and runs; what is left to say and the code to end with are the caller's to deliver. The command itself
    /// writes through ``Output``.
    static func run<Root: ParsableCommand>(_ root: Root.Type, arguments: [String]) async -> Ending {
        if arguments.isEmpty { return bare(root, error: CleanExit.helpRequest(root)) }
        var command: any ParsableCommand
        do {
            command = try root.parseAsRoot(arguments)
        } catch {
            return ending(of: error, root: root, arguments: arguments)
        }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return Ending(code: .done)
        } catch {
            let isGroup = !type(of: command).configuration.subcommands.isEmpty
            if isGroup, root.exitCode(for: error) == .success { return bare(root, error: error) }
            return ending(of: error, root: root, arguments: arguments)
        }
    }

    /// A program, or a group of commands, without a command: its help, but as a mistake.
    private static func bare<Root: ParsableCommand>(_ root: Root.Type, error: any Error) -> Ending {
        Ending(code: .usage, errors: help(root, error, on: .errors))
    }

    private static func ending<Root: ParsableCommand>(
        of error: any Error, root: Root.Type, arguments: [String]
    ) -> Ending {
        let options = arguments.prefix { $0 != "--" }
        let isJSON = options.contains("--json")
        if let problem = error as? Problem { return failed(Failure(problem), problem, isJSON: isJSON) }
        switch root.exitCode(for: error) {
        case .success:
            let isForPrograms = options.contains { argument in
                ["--generate-completion-script", "---completion", "--experimental-dump-help"]
                    .contains { argument.hasPrefix($0) }
            }
            let text = isForPrograms ? root.fullMessage(for: error) : help(root, error, on: .output)
            return Ending(code: .done, output: text.hasSuffix("\n") ? text : text + "\n")
        case .validationFailure:
            return misused(root, error, isJSON: isJSON)
        case let code:
            if error is ArgumentParser.ExitCode { return Ending(rawCode: code.rawValue) }
            let problem = described(error)
            return failed(Failure(problem, detail: "\(error)"), problem, isJSON: isJSON)
        }
    }

    private static func failed(_ failure: Failure, _ problem: Problem, isJSON: Bool, usage: String = "") -> Ending {
        Ending(
            code: problem.code.exitCode,
            output: isJSON ? JSONValue.object([("error", failure.document)]).compact + "\n" : "",
            errors: failure.text(style: .errors) + "\n" + usage)
    }

    /// The parser's own message, with the usage that it prints after it.
    private static func misused<Root: ParsableCommand>(
        _ root: Root.Type, _ error: any Error, isJSON: Bool
    ) -> Ending {
        let said = root.message(for: error)
        var usage = root.fullMessage(for: error, columns: HelpText.unwrapped)[...]
        if let range = usage.firstRange(of: said), !said.isEmpty { usage = usage[range.upperBound...] }
        let problem = Problem(.usage, explanation: ParserMessage.label(said))
        return failed(
            Failure(problem), problem, isJSON: isJSON,
            usage: HelpText.rendered(
                String(usage.drop { $0 == "\n" }) + "\n", in: .current, columns: StandardStream.errors.columns))
    }

    private static func help<Root: ParsableCommand>(
        _ root: Root.Type, _ error: any Error, on stream: StandardStream
    ) -> String {
        let said = root.fullMessage(for: error, columns: HelpText.unwrapped)
        return HelpText.rendered(said.hasSuffix("\n") ? said : said + "\n", in: .current, columns: stream.columns)
    }

    /// Errors of other layers that users meet.
    private static func described(_ error: any Error) -> Problem {
        if let convertible = error as? any ProblemConvertible { return convertible.problem }
        return "\(error)".contains("SQLite error") ? Problem(.storage) : Problem(.internalError)
    }
}

/// How a program ends: its exit code, and what remains to be said.
struct Ending: Sendable {
    let code: Int32
    let output: String
    let errors: String

    init(code: ExitCode, output: String = "", errors: String = "") {
        self.code = code.rawValue
        self.output = output
        self.errors = errors
    }

    /// A command that chose its code itself, and has said why.
    init(rawCode: Int32) {
        code = rawCode
        output = ""
        errors = ""
    }
}

/// An error that knows what to tell the user.
package protocol ProblemConvertible: Error {
    var problem: Problem { get }
}
