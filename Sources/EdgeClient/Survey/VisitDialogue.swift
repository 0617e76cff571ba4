import Assistance
import CommandSupport
import SyncEngine

/// One question at a time, on a terminal. Everything is saved before the next one is asked, so that leaving in any way
/// loses nothing.
struct VisitDialogue {
    var visit: Visit
    let screen: VisitScreen
    /// Everything was answered once: what is corrected now leads back to the summary.
    private var isReviewing = false
    private var hasAskedForFiles = false

    init(visit: Visit, screen: VisitScreen) {
        self.visit = visit
        self.screen = screen
    }

    /// - Returns: whether the visit is to be finished; false leaves the draft.
    /// - Throws: what saving throws.
    mutating func run() throws -> Bool {
        screen.title(visit, isResumed: visit.isBegun)
        while true {
            guard try askQuestions() else { return false }
            isReviewing = true
            let findings = try visit.session.findings()
            if let first = findings.first {
                screen.say("")
                screen.refuse(findings.prefix(5).map { $0 })
                goTo(first.place)
                if visit.session.current == nil { return false }
                continue
            }
            if !hasAskedForFiles, try !askFiles() { return false }
            hasAskedForFiles = true
            screen.summary(visit)
            switch try confirm() {
            case .finish: return true
            case .later: return false
            case .back: continue
            }
        }
    }

    /// - Returns: false when the person leaves.
    private mutating func askQuestions() throws -> Bool {
        var showsAll = false
        while let step = visit.session.current {
            screen.ask(step, of: visit.session, all: showsAll)
            showsAll = false
            screen.prompt()
            guard let line = readLine() else {
                screen.say("")
                return false
            }
            switch line.trimmingSpace {
            case "q", "Q", "ｑ": return false
            case "b", "B", "<", "＜", "ｂ":
                visit.session.back()
                try saveIfBegun()
            case "?", "？":
                showsAll = true
                help(step)
            case let text where text.hasPrefix("/") || text.hasPrefix("／"):
                if !visit.session.jump(to: String(text.dropFirst())) {
                    screen.say(L("没有找到这样的题", "No question has that"))
                }
                try saveIfBegun()
            case let text:
                let findings = try visit.session.answer(text)
                if findings.isEmpty {
                    if isReviewing { visit.session.goOn() }
                    try visit.save()
                } else {
                    screen.refuse(findings)
                }
            }
        }
        return true
    }

    private mutating func saveIfBegun() throws {
        if visit.isBegun { try visit.save() }
    }

    private func help(_ step: SurveySession.Step) {
        screen.say(
            L(
                """
                选择：打编号、文字或拼音首字母；多选用顿号隔开。回车保留默认，- 清空（在一条的第一题打 - 去掉这一条）。
                b 或 < 上一题；/文字 或 /拼音首字母 跳到那一题；q 稍后再填。每答一题都已保存。
                """,
                """
                Choose by number or text, several between commas. Enter keeps the default, - clears (at the first
                question of a row it takes the row away). b or < goes back, /text jumps, q leaves it for later.
                Every answer is saved.
                """))
        if case .question(let question, _) = step, let example = question.example {
            screen.say(L("例：", "For example: ") + example)
        }
    }

    private mutating func goTo(_ place: String) {
        if visit.session.jump(to: place) { return }
        _ = visit.session.jump(to: place.split(separator: "/").first.map(String.init) ?? place)
    }

    // MARK: - Photos and the signature

    private mutating func askFiles() throws -> Bool {
        for (kind, zh, en) in [("photo", "照片", "photo"), ("signature", "签字", "signature")]
        where !visit.files.contains(where: { $0.kind == kind }) {
            while true {
                screen.say("")
                screen.say(
                    L("\(zh)文件（写路径，可把文件拖进来；没有就回车）", "File of a \(en) (a path, or drop the file here; Enter for none)"))
                screen.prompt()
                guard let line = readLine() else { return false }
                let path = line.trimmingSpace.filter { $0 != "'" && $0 != "\"" }
                if path.isEmpty { break }
                do {
                    visit.files.append(try AttachedFile(path: path, kind: kind, station: visit.station))
                    try visit.save()
                    if kind == "signature" { break }
                } catch let problem as Problem {
                    screen.say(Failure(problem).message)
                }
            }
        }
        return true
    }

    private enum Choice { case finish, later, back }

    private mutating func confirm() throws -> Choice {
        while true {
            screen.say("")
            screen.say(
                L(
                    "回车 完成并保存　b 上一题　/文字 回到某题　q 稍后再说",
                    "Enter finishes and saves  b back  /text goes to a question  q later"))
            screen.prompt()
            guard let line = readLine() else { return .later }
            switch line.trimmingSpace {
            case "", "y", "Y", "是": return .finish
            case "q", "Q": return .later
            case "b", "B", "<":
                visit.session.back()
                return .back
            case let text where text.hasPrefix("/") || text.hasPrefix("／"):
                if visit.session.jump(to: String(text.dropFirst())) { return .back }
                screen.say(L("没有找到这样的题", "No question has that"))
            default: continue
            }
        }
    }
}
