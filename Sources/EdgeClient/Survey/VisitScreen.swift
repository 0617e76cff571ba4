import Assistance
import CommandSupport
import SyncEngine

/// What a visit shows on a terminal: plain lines that need no colour and fit its width.
struct VisitScreen {
    let stream: StandardStream
    private var style: Style { stream == .output ? .output : .errors }
    private var isChinese: Bool { Language.current == .zh }

    func say(_ text: String) { stream.write(TerminalText.harmless(text) + "\n") }
    func prompt() { stream.write("> ") }

    func title(_ visit: Visit, isResumed: Bool) {
        let form = visit.session.form
        let household = visit.household
        let kind = visit.station.replica.tables.schema.kind(household.kind)
        let name = ["number", "address"].compactMap { name in kind.flatMap { household.value(name, in: $0).text } }
        say("")
        say(
            L("《\(form.title.zh)》第 \(form.version) 版  户 ", "\(form.title.en), version \(form.version)  household ")
                + (name.isEmpty ? household.id.description : name.joined(separator: " ")))
        if isResumed { say(L("接着上次没填完的继续；先前的回答都在。", "Going on where it was left; every answer is kept.")) }
        hint(L("回车 保留默认　b 上一题　? 帮助　/文字 跳到　- 清空　q 稍后再填", "Enter keeps  b back  ? help  /text jumps  - clears  q later"))
    }

    func hint(_ text: String) { stream.write(style.dim(TerminalText.harmless(text)) + "\n") }

    func refuse(_ findings: [SurveyFinding]) {
        for finding in findings {
            stream.write(style.red(L("不对", "Not right")) + L("：", ": ") + TerminalText.harmless(finding.said) + "\n")
        }
    }

    // MARK: - A question

    func ask(_ step: SurveySession.Step, of session: SurveySession, all: Bool = false) {
        let (number, count) = session.progress
        say("")
        switch step {
        case .more(let group):
            let rows = (session.answers.rows[group.id] ?? []).count { !$0.isRemoved }
            say(
                "[\(number)/\(count)] "
                    + L(
                        "\(group.text.zh)：已有 \(rows) \(Self.counter(group))，还有吗？",
                        "\(group.text.en): \(rows) so far; one more?"))
            hint(rows < group.atLeast ? L("默认：y 有", "Default: y") : L("默认：n 没有了；y 再加一条", "Default: n; y adds one"))
        case .question(let question, let row):
            say("[\(number)/\(count)] " + heading(question, row: row, session))
            if all, let help = question.help { hint(help.text()) }
            choices(question, session, all: all)
            let line = hintLine(question, row: row, session)
            if !line.isEmpty { hint(line) }
        }
    }

    /// People are counted otherwise than things.
    private static func counter(_ group: Form.Group) -> String { group.kind.name == "member" ? "位" : "条" }

    private func heading(_ question: Question, row: SurveySession.RowPlace?, _ session: SurveySession) -> String {
        guard let row else { return question.text.text() }
        return rowHeading(row, session) + L("　\(question.text.zh)", ": \(question.text.en)")
    }

    private func rowHeading(_ row: SurveySession.RowPlace, _ session: SurveySession) -> String {
        let rows = session.answers.rows[row.group.id] ?? []
        let number = rows[...row.index].count { !$0.isRemoved }
        let known = session.record(row).flatMap { session.name(of: $0) } ?? ""
        let name = known.isEmpty ? "" : L("（\(known)）", " (\(known))")
        return L(
            "\(row.group.text.zh) 第 \(number) \(Self.counter(row.group))\(name)",
            "\(row.group.text.en) \(number)\(name)")
    }

    /// The choices in columns of the terminal's width.
    private func choices(_ question: Question, _ session: SurveySession, all: Bool) {
        var cells: [String] = []
        var isCut = false
        if question.type == .member {
            cells = session.members.enumerated().map { "\($0 + 1) \($1.name)" }
        } else {
            let numbers = AnswerReader.numbers(of: question.choices)
            cells = zip(numbers, question.choices).map { "\($0) \($1.text.text())" }
            isCut = !all && question.shown < cells.count
            if isCut { cells = Array(cells.prefix(question.shown)) }
        }
        guard !cells.isEmpty else { return }
        let width = (cells.map(TerminalText.width).max() ?? 0) + 2
        let columns = max(1, (stream.columns - 2) / width)
        for start in stride(from: 0, to: cells.count, by: columns) {
            let line = cells[start..<min(start + columns, cells.count)]
            let padded = line.dropLast().map { TerminalText.padded($0, to: width) }.joined()
            say("  " + padded + (line.last ?? ""))
        }
        if isCut { hint(L("  ? 看全部选项", "  ? shows all")) }
    }

    private func hintLine(_ question: Question, row: SurveySession.RowPlace?, _ session: SurveySession) -> String {
        var parts: [String] = []
        if question.type == .yesNo { parts.append(L("y 是，n 否", "y yes, n no")) }
        if question.type == .date { parts.append(L("年-月-日", "year-month-day")) }
        if let unit = question.unit { parts.append(L("单位：", "Unit: ") + unit.text()) }
        let standing = session.effective(question, row: row)
        if !standing.isNull {
            parts.append(L("默认：", "Default: ") + text(standing, of: question, session))
        } else if question.isRequired {
            parts.append(L("必填", "needed"))
        } else {
            parts.append(L("没有就回车跳过", "Enter skips"))
        }
        if standing.isNull, let example = question.example { parts.append(L("例：", "e.g. ") + example) }
        return parts.joined(separator: L("；", "; "))
    }

    func text(_ value: Value, of question: Question, _ session: SurveySession) -> String {
        AnswerText.text(value, of: question, isChinese: isChinese) { session.name(of: $0) }
    }

    // MARK: - The end

    /// Every answer, a line each.
    func summary(_ visit: Visit) {
        let session = visit.session
        say("")
        say(L("—— 小结 ——", "-- Summary --"))
        var rowPlace = ""
        for case .question(let question, let row) in session.steps {
            let value = session.effective(question, row: row)
            guard !value.isNull else { continue }
            if let row, rowPlace != "\(row.group.id)/\(row.index)" {
                rowPlace = "\(row.group.id)/\(row.index)"
                say("  " + rowHeading(row, session))
            }
            let unit = question.unit.map { " " + $0.text() } ?? ""
            let indent = row == nil ? "  " : "    "
            say(indent + question.text.text() + L("：", ": ") + text(value, of: question, session) + unit)
        }
        for file in visit.files {
            say("  " + L(Attachment.kinds[file.kind] ?? file.kind, file.kind) + L("：", ": ") + file.name)
        }
        do {
            let trial = try VisitTrial(visit).text
            say("")
            say(L("—— 试算 ——", "-- Trial calculation --"))
            say(trial)
        } catch {
            let problem = (error as? Problem) ?? Problem(.internalError)
            say(L("没有试算：", "No trial calculation: ") + Failure(problem).message)
        }
    }
}

extension SurveyFinding {
    /// The message with its example, in the reader's language.
    var said: String {
        message.text() + (example.map { L("；例：\($0.zh)", "; for example \($0.en)") } ?? "")
    }

    /// `question`, `message`, `example`.
    var json: JSONValue {
        .object([
            ("question", .string(place)), ("message", .string(message.text())),
            ("example", example.map { .string($0.text()) } ?? .null),
        ])
    }
}
