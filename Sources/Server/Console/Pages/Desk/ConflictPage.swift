import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// One conflict: base and both values, who, where, when and why, the household around it, and what to do.
struct ConflictPage: ConsolePage {
    let request: ConsoleRequest
    let seq: Seq
    let subject: Resolution.Subject
    let matter: ConflictMatter
    let writers: [ConflictReader.Writer]
    let around: ConflictReader.Around?
    let decision: ConflictReader.Decision?
    let questions: [Linked]
    /// The open one that stands first in the list, but for this.
    let next: RecordID?
    /// The person has asked for what is masked, with a reason that is kept.
    let isClear: Bool

    var title: String { L("冲突：", "Conflict: ") + ConflictParts.label(subject) }

    var link: Link { Link("conflicts", subject.conflict.id.description) }

    var json: JSONValue {
        ConflictParts.document(subject, matter: matter, isClear: isClear).adding([
            ("seq", .int(Int64(seq))), ("writers", .array(writers.map(\.document))),
            ("household", around?.document ?? .null), ("decision", decision?.document ?? .null),
            ("questions", .array(questions.map(\.question))),
        ])
    }

    func body() -> HTML {
        .group([
            hold,
            Tag.div(.class(.columns)) {
                Tag.div {
                    values
                    ConflictActs(page: self).body()
                }
                Tag.div {
                    household
                    asked
                }
            },
        ])
    }

    private var hold: HTML {
        guard let around, around.isHeld else { return .empty }
        return Parts.note(
            L("这一户有未处理的冲突，处理前暂缓发放。", "The household has an open conflict: it is held out of payment."), .grave)
    }

    // MARK: - The values

    private var values: HTML {
        Parts.panel(ConflictParts.label(subject)) {
            Tag.p {
                Parts.badge(matter.label.text(), matter.isGrave ? .grave : .mild)
                " "
                Parts.link(subject.kind.label.text(), Link("records", subject.record.id.description))
                " "
                state
            }
            if subject.kind.name == "bank_account", !subject.isDeletion {
                Parts.note(
                    L(
                        "账户直接关系到钱发给谁：工作站改账号，都要等镇街核对、决定后才生效。",
                        "An account says who is paid: what a station changes of it always waits until the township decides."
                    ))
            }
            Parts.table(
                title,
                [
                    L("", ""), L("原值", "Base"), L("已有的值", "Already there"), L("后到的值", "Decided later"),
                    L("现行值", "Standing"),
                ],
                rows: rows, stacks: true)
            others
            if !isClear, hasMasked { ConflictActs(page: self).disclosure }
        }
    }

    /// Further losers: whoever wrote between the two that the conflict keeps.
    var between: [ConflictReader.Writer] { Array(writers.dropFirst().dropLast()) }

    private var others: HTML {
        let others = between
        guard !others.isEmpty else { return .empty }
        return .group([
            Tag.h3(text: L("其间还有人填过", "Others wrote between")),
            Tag.ul {
                for writer in others {
                    Tag.li {
                        "\(writer.entry.author) "
                        Parts.time(writer.entry.at)
                        " \(Shown.reason(writer.entry.reason)) "
                        for line in lines(writer) { Tag.small(text: line + " ") }
                    }
                }
            },
        ])
    }

    private func lines(_ writer: ConflictReader.Writer) -> [String] {
        HistoryEntry(writer.entry, kind: subject.kind)
            .lines(Shown.masked(in: subject.kind), words: { Shown.words($0, $1) })
    }

    private var state: HTML {
        subject.state.map { Parts.badge(Shown.label(of: $0), $0 == .open ? .soon : .fine) } ?? .empty
    }

    private var hasMasked: Bool { subject.fields.contains { Masking.form(of: $0.name, in: subject.kind.name) != nil } }

    private var rows: [[HTML]] {
        let sides = ["base", "theirs", "mine"].map { ConflictParts.shown($0, subject, isClear: isClear) }
        let standing = ConflictParts.shown(subject.standing, subject, isClear: isClear)
        let labels = subject.fields.isEmpty ? [L("删除", "Deleted")] : subject.fields.map(Shown.label)
        let (theirs, mine) = (try? subject.kept("theirs"), try? subject.kept("mine"))
        let base = try? subject.kept("base")
        let lines = labels.enumerated().map { index, label -> [HTML] in
            let differs = Self.value(theirs, index) != Self.value(mine, index)
            func cell(_ parts: [HTML], isSide: Bool) -> HTML {
                guard parts.indices.contains(index) else { return .empty }
                return isSide && differs ? Tag.strong { parts[index] } : parts[index]
            }
            let isAsBefore = base != nil && Self.value(base, index) == Self.value(theirs, index)
            return [
                .text(label), cell(sides[0], isSide: false),
                isAsBefore
                    ? Tag.span(.class(.empty), text: L("（同原值）", "(as the base)")) : cell(sides[1], isSide: true),
                cell(sides[2], isSide: true),
                cell(standing, isSide: false),
            ]
        }
        return lines + [Self.who(L("谁", "Who"), writers) { Tag.strong(text: Shown.author($0.entry.author)) }]
            + [Self.who(L("在哪", "Where"), writers) { .text($0.place) }]
            + [Self.who(L("何时", "When"), writers, Self.when)]
            + [
                Self.who(L("为何", "Why"), writers) {
                    .text($0.entry.reason.isEmpty ? "-" : Shown.reason($0.entry.reason))
                }
            ]
    }

    private static func value(_ values: [Value]?, _ index: Int) -> Value? {
        guard let values, values.indices.contains(index) else { return nil }
        return values[index]
    }

    /// The first of the sets is the one already there, the last the one decided later.
    private static func who(
        _ label: String, _ writers: [ConflictReader.Writer], _ cell: (ConflictReader.Writer) -> HTML
    ) -> [HTML] {
        let theirs = writers.first.map(cell) ?? .empty
        let mine = writers.count > 1 ? writers.last.map(cell) ?? .empty : .empty
        return [.text(label), .empty, theirs, mine, .empty]
    }

    private static func when(_ writer: ConflictReader.Writer) -> HTML {
        .group([
            Parts.time(writer.entry.at),
            writer.entry.isFlagged ? Parts.badge(L("时钟超前，不可信", "clock ahead"), .soon) : .empty, Tag.br(),
            Tag.small { L("序号 ", "seq ") + String(writer.entry.seq) },
        ])
    }

    // MARK: - Around it

    private var household: HTML {
        guard let around else { return .empty }
        return Parts.panel(L("这一户", "The household")) {
            Tag.p {
                Parts.link(
                    DeskParts.name(of: around.household), Link("households", around.household.record.id.description))
            }
            Parts.facts([
                (L("村居", "Village"), Shown.village(around.household.record.scope.code)),
                (L("户主", "Head"), .text(DeskParts.personName(around.head) ?? "-")),
            ])
            Parts.table(
                L("家庭成员", "Members"),
                [L("姓名", "Name"), L("关系", "Relation"), L("身份证号", "Identity number")],
                rows: around.members.prefix(DeskParts.pageRows).map { member in
                    [
                        Parts.link(
                            DeskParts.personName(member) ?? "", Link("records", member.record.id.description)),
                        .text(Shown.meaning("relation", of: member)), Shown.value("id_number", of: member),
                    ]
                })
            if !around.others.isEmpty {
                Tag.h3(text: L("这一户的其他冲突", "Other conflicts of the household"))
                Tag.ul {
                    for item in around.others.prefix(DeskParts.pageRows) {
                        Tag.li {
                            Parts.badge(item.matter.label.text(), item.matter.isGrave ? .grave : .mild)
                            " "
                            Parts.link(
                                item.kind.label.text() + L("：", ": ")
                                    + Shown.label(item.field, in: item.kind),
                                Link("conflicts", item.conflict.id.description))
                        }
                    }
                }
            }
        }
    }

    private var asked: HTML {
        guard !questions.isEmpty else { return .empty }
        return Parts.panel(L("问过村里", "The village was asked")) {
            Tag.ol(.class(.timeline)) {
                for question in questions {
                    Tag.li {
                        Tag.p {
                            Tag.strong(text: question.text("asked_by") ?? "")
                            " \(question.day("asked_on")?.description ?? "") "
                            question.text("text") ?? ""
                        }
                        if let answer = question.text("answer") {
                            Tag.p {
                                Parts.badge(L("答复", "Answer"), .fine)
                                " \(answer)"
                                L("（", " (") + (question.text("answered_by") ?? "-") + L("）", ")")
                            }
                        } else {
                            Tag.p { Parts.badge(L("等村里答复", "No answer yet"), .soon) }
                        }
                    }
                }
            }
        }
    }
}

extension ConflictReader.Writer {
    /// What the set says of the fields, what it leaves out as it stands; `nil` where there is nothing to choose.
    func values(of subject: Resolution.Subject) -> [Value]? {
        guard !subject.isDeletion, subject.key.element == nil else { return nil }
        let written = subject.fields.map { field in
            entry.effects.last { $0.field == field.name && $0.element == nil }?.new
        }
        guard written.contains(where: { $0 != nil }) else { return nil }
        return zip(written, subject.standing).map { $0 ?? $1 }
    }

    /// A village's station and its assistant, or the desk.
    var place: String {
        guard let device, !device.state.isDesk else { return L("镇街", "The township") }
        let station = device.station.isEmpty ? device.staff : device.station
        return ([station] + device.state.scopes.map { VillageNames.current.name(of: $0.code) }).joined(separator: " ")
    }

    /// `author`, `at`, `reason`, `seq`, `device`, `place`, `clockFlagged`.
    fileprivate var document: JSONValue {
        .object([
            ("author", .string(entry.author)), ("at", .string(entry.at.description)),
            ("reason", .string(Shown.masked(reason: entry.reason))), ("seq", .int(Int64(entry.seq))),
            ("device", .string(entry.device.description)), ("place", .string(place)),
            ("clockFlagged", .bool(entry.isFlagged)),
        ])
    }
}

extension ConflictReader.Around {
    /// `id`, `number`, `held`, `members` [ids], `conflicts` [ids of the others].
    fileprivate var document: JSONValue {
        .object([
            ("id", .string(household.record.id.description)),
            ("number", household.text("number").map(JSONValue.string) ?? .null), ("held", .bool(isHeld)),
            ("members", .array(members.map { .string($0.record.id.description) })),
            ("conflicts", .array(others.map { .string($0.conflict.id.description) })),
        ])
    }
}

extension ConflictReader.Decision {
    /// `seq`, `author`, `at`, `reason`, `undoable`.
    fileprivate var document: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("author", .string(author)), ("at", .string(at.description)),
            ("reason", .string(Shown.masked(reason: reason))), ("undoable", .bool(former != nil)),
        ])
    }
}

extension Linked {
    /// Of a question: `id`, `text`, `askedBy`, `askedOn`, `answer`, `answeredBy`.
    fileprivate var question: JSONValue {
        func said(_ name: String) -> JSONValue { text(name).map(JSONValue.string) ?? .null }
        return .object([
            ("id", .string(record.id.description)), ("text", said("text")), ("askedBy", said("asked_by")),
            ("askedOn", day("asked_on").map { .string($0.description) } ?? .null), ("answer", said("answer")),
            ("answeredBy", said("answered_by")),
        ])
    }
}
