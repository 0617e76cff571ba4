import Assistance
import CommandSupport
import SyncEngine

/// A case as `case list` and `case show` state it.
struct CaseDocument {
    let file: CaseFile

    private var next: [CaseMove] {
        guard let machine = file.machine, let status = file.status else { return [] }
        return machine.moves(from: status)
    }

    /// `id`, `programme`, `status`, `household`, `member`, `village`, `appliedAt`, `repeats`, `requested`, `clocks`.
    var row: JSONValue {
        .object([
            ("id", .string(file.application.record.id.description)),
            ("programme", Self.text(file.programme?.rawValue)), ("status", Self.text(file.status?.rawValue)),
            ("household", Self.text(file.application.text("household"))),
            ("member", Self.text(file.application.text("member"))),
            ("village", .string(file.application.record.scope.code)),
            ("appliedAt", Self.text(file.application.time("applied_at")?.description)),
            ("repeats", Self.text(file.earlierApplication?.description)),
            ("requested", .array(file.openRequests.map { Self.text($0.text("move")) })),
            ("clocks", .array(file.clocks.map(\.document) + file.clocksBeyondCalendar.map(\.document))),
        ])
    }

    /// The row, and `next`: each possible step with what it is missing; `moves`: the steps that were taken; `trips` of
    /// the applicant, and `findings` on them (R45).
    var json: JSONValue {
        row.adding([
            ("next", .array(next.map { $0.document(missingIn: file) })),
            (
                "moves",
                .array(
                    file.moves.map { move in
                        .object(
                            ["move", "from", "to", "role", "by", "note"].map { ($0, Self.text(move.text($0))) }
                                + [("at", Self.text(move.time("at")?.description))])
                    })
            ),
            (
                "trips",
                .array(
                    file.trips.map { trip in
                        .object([
                            ("on", Self.text(trip.day("on")?.description)), ("where", Self.text(trip.text("where"))),
                            ("why", Self.text(trip.text("why"))),
                        ])
                    })
            ),
            (
                "findings",
                .array([file.sameAmountFinding, file.tripFinding].compactMap { $0.map { .string($0.message.text()) } })
            ),
        ])
    }

    private static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    // MARK: - For people

    private var title: String {
        "\(file.application.record.id)  " + (file.programme?.label.text() ?? L("（未填项目）", "(no programme)"))
    }

    var line: [String] {
        let clock = file.clocks.first { $0.stoppedAt == nil }
        return [
            file.application.record.id.description, file.programme?.label.text() ?? "-",
            file.status?.label.text() ?? "-",
            clock.map { "\(Self.due($0.deadline.due)) \($0.state.label.text())" } ?? "-",
        ]
    }

    private func bracketed(_ text: String) -> String { L("（\(text)）", " (\(text))") }

    private static func due(_ moment: Moment) -> String {
        switch moment {
        case .day(let day): day.description
        case .time(let time): PlainText.of(time)
        }
    }

    var text: String {
        var lines = [title, "  " + L("状态：", "Status: ") + (file.status?.label.text() ?? "-")]
        if let earlier = file.earlierApplication {
            lines.append("  " + L("重复申请，先前一件：", "Asked for before: ") + "\(earlier)" + bracketed("R44"))
        }
        for clock in file.clocks {
            let name = clock.rule.name.label.text() + bracketed(clock.rule.rule.code)
            lines.append("  \(name)  \(Self.due(clock.deadline.due))  \(clock.state.label.text())")
            lines += clock.notes.map { "    " + $0 }
        }
        for clock in file.clocksBeyondCalendar {
            lines.append("  \(clock.name.label.text())  " + L("到期日超出已知的节假日安排", "ends beyond the known holidays"))
        }
        if !file.openRequests.isEmpty {
            let asked = file.openRequests.compactMap { $0.text("move") }.joined(separator: L("、", ", "))
            lines.append("  " + L("工作站请求：", "A station asks for: ") + asked)
        }
        lines += [file.sameAmountFinding, file.tripFinding].compactMap { $0.map { "  " + $0.message.text() } }
        for move in next {
            let missing = move.guards.filter { !$0.isMet(file) }
            let words = [move.name, L(move.label.zh, ""), move.role.label.text()].filter { !$0.isEmpty }
            lines.append("  → " + words.joined(separator: "  ") + (missing.isEmpty ? L("  可办理", "  ready") : ""))
            lines += missing.map { "      " + $0.needs.text() + bracketed($0.rule.label.text()) }
        }
        return lines.joined(separator: "\n")
    }
}

extension CaseMove {
    /// `move`, `to`, `role`, `missing` [{`rule`, `text`, `article`}].
    func document(missingIn file: CaseFile) -> JSONValue {
        .object([
            ("move", .string(name)), ("to", .string(to.rawValue)), ("role", .string(role.rawValue)),
            (
                "missing",
                .array(
                    guards.filter { !$0.isMet(file) }.map { missing in
                        .object([
                            ("rule", .string(missing.rule.code)), ("text", .string(missing.needs.text())),
                            ("article", .string(missing.rule.label.text())),
                        ])
                    })
            ),
        ])
    }
}

extension CaseClock {
    /// `clock`, `rule`, `start`, `term`, `due`, `state`, `stoppedAt`, `notes`.
    var document: JSONValue {
        .object([
            ("clock", .string(rule.name.rawValue)), ("rule", .string(rule.rule.code)),
            ("start", .string(deadline.start.description)), ("term", .string(deadline.term.description)),
            ("due", .string(deadline.due.description)), ("state", .string(state.rawValue)),
            ("stoppedAt", stoppedAt.map { .string($0.description) } ?? .null),
            ("notes", .array(notes.map(JSONValue.string))),
        ])
    }
}

extension ClockRule {
    /// Of a clock whose end cannot be computed: `due` is null.
    var document: JSONValue {
        .object([
            ("clock", .string(name.rawValue)), ("rule", .string(rule.code)), ("due", .null),
            ("state", .string("beyond_calendar")),
        ])
    }
}

extension CaseClock.State {
    var label: Label {
        switch self {
        case .running: Label(zh: "计时中", en: "running")
        case .warning: Label(zh: "即将到期", en: "ends soon")
        case .overdue: Label(zh: "已超期", en: "overdue")
        case .met: Label(zh: "按时", en: "in time")
        case .late: Label(zh: "超期办结", en: "late")
        }
    }
}
