import SyncEngine
import Testing

@testable import CommandSupport

/// Programs rely on names and exit codes; people on being told what to do.
@Suite struct ProblemContractTests {
    @Test func theExitCodesAreThoseOfTheTable() {
        #expect(ExitCode.allCases.map(\.rawValue) == [0, 1, 64, 65, 69, 70, 73, 74, 75, 77])
    }

    @Test(arguments: [
        (Problem.Code.usage, ExitCode.usage), (.notJoined, .notPermitted), (.notInitialised, .notPermitted),
        (.alreadyJoined, .cannotCreate), (.alreadyInitialised, .cannotCreate), (.cannotCreate, .cannotCreate),
        (.badValue, .badData), (.unknownKind, .badData), (.unknownField, .badData), (.unknownRecord, .badData),
        (.unknownScope, .badData), (.outOfScope, .badData), (.badInvitation, .badData), (.invitationUsed, .badData),
        (.invitationUnknown, .badData), (.invitationExpired, .badData), (.notABundle, .badData),
        (.revoked, .notPermitted), (.badSignature, .notPermitted), (.unknownDevice, .notPermitted),
        (.wrongServerKey, .notPermitted), (.bundleForAnother, .notPermitted), (.unreachable, .unreachable),
        (.busy, .tryAgainLater),
        (.syncRunning, .tryAgainLater), (.tooManyRequests, .tryAgainLater), (.storage, .inputOutput),
        (.unreadableFile, .inputOutput), (.internalError, .internalError),
    ])
    func eachProblemEndsWithItsCode(problem: Problem.Code, code: ExitCode) { #expect(problem.exitCode == code) }

    @Test(arguments: Problem.Code.allCases) func titlesAreSentencesWithoutAStopAndHintsWithWordsOfTheirOwn(
        code: Problem.Code
    ) {
        for (label, language) in [(code.title, Language.zh), (code.title, .en)] {
            #expect(!"。.！!".contains(label.text(in: language).last ?? "."), "\(code)")
        }
        #expect(code.title.zh.unicodeScalars.contains { $0.value >= 0x4E00 }, "\(code)")
        #expect(code.hint.zh.unicodeScalars.contains { $0.value >= 0x4E00 }, "\(code)")
        #expect(code.title.en.utf8.allSatisfy { $0 < 0x80 } && code.hint.en.utf8.allSatisfy { $0 < 0x80 }, "\(code)")
    }

    @Test(arguments: [
        (Problem.Code.plainHTTPRefused, "plain-http-refused"), (.notABundle, "not-a-bundle"),
        (.unknownField, "unknown-field"), (.gap, "gap"), (.unsupportedMedia, "unsupported-media"),
    ])
    func namesAreKebabCase(code: Problem.Code, name: String) { #expect(code.name == name) }

    @Test func namesFollowTheCodesOfTheEngine() {
        for code in Problem.Code.allCases {
            let letters = code.name.filter { $0 != "-" }
            #expect(letters == "\(code)".lowercased(), "\(code)")
        }
    }
}

@Suite struct FailureTests {
    private let problem = Problem(.badValue, "thing.name\u{1B}[2J", explanation: Label(zh: "要填文字", en: "It takes text"))

    @Test func programsGetFourKeys() {
        Language.$preferred.withValue(.zh) {
            #expect(
                Failure(Problem(.unknownField, "thing.x")).document.compact
                    == #"{"code":2002,"name":"unknown-field","message":"没有这个字段（thing.x）","hint":"请核对字段名，用 ruhu show 可看到已有字段。"}"#
            )
        }
    }

    @Test func peopleGetNumberMessageAndHintAndNoEscapeSequences() {
        let plain = Style(isTerminal: false) { _ in nil }
        Language.$preferred.withValue(.en) {
            #expect(
                Failure(problem, detail: "SQLite error 1").text(style: plain) == """
                    Error 2003: It takes text (thing.name\u{FFFD}[2J)
                    Correct the value and enter it again.
                      (SQLite error 1)
                    """)
        }
    }

    @Test func colourIsForTerminalsThatHaveNotRefusedIt() {
        #expect(Style(isTerminal: true) { _ in nil }.red("x") == "\u{1B}[31mx\u{1B}[0m")
        #expect(Style(isTerminal: true) { $0 == "NO_COLOR" ? "1" : nil }.red("x") == "x")
        #expect(Style(isTerminal: true) { $0 == "TERM" ? "dumb" : nil }.red("x") == "x")
        #expect(Style(isTerminal: false) { _ in nil }.red("x") == "x")
    }
}
