package import SyncEngine

/// A set that is kept aside, as `refused` and `quarantine` state it.
package struct RefusedDocument: Sendable {
    private let set: ChangeSet
    private let problem: Problem?

    package init(set: ChangeSet, problem: Problem?) {
        self.set = set
        self.problem = problem
    }

    private var reason: String { problem.map { Failure($0).message } ?? "" }

    /// `device`, `number`, `code` of the problem, `reason`, `changes`.
    package var json: JSONValue {
        .object([
            ("device", .string(set.device.description)), ("number", .int(Int64(set.number))),
            ("code", .int(Int64(problem?.code.rawValue ?? 0))), ("reason", .string(reason)),
            ("changes", set.changesDocument),
        ])
    }

    /// For people: its number and why, then a line a record.
    package var text: String {
        L("第 \(set.number) 号：", "Number \(set.number): ") + reason + "\n" + set.changesText
    }
}

/// A set of the outbox, as `outbox` states it.
package struct OutboxDocument: Sendable {
    private let sent: OutboxSet

    package init(_ sent: OutboxSet) { self.sent = sent }

    private var state: (name: String, label: Label) {
        switch sent.state {
        case .pending: ("pending", Label(zh: "未上传或未定", en: "pending"))
        case .decided: ("decided", Label(zh: "已定，等下载", en: "decided"))
        case .settled: ("settled", Label(zh: "已完成", en: "settled"))
        }
    }

    /// `number`, `at`, `author`, `reason`, `changes`, `state`.
    package var json: JSONValue {
        let set = sent.sealed.set
        return .object([
            ("number", .int(Int64(set.number))), ("at", .string(set.time.instant.description)),
            ("author", .string(set.author)), ("reason", .string(set.reason)), ("changes", set.changesDocument),
            ("state", .string(state.name)),
        ])
    }

    /// For people: number, when, who, its state and why, then a line a record.
    package var text: String {
        let set = sent.sealed.set
        let head = [String(set.number), PlainText.of(set.time.instant), set.author, state.label.text(), set.reason]
        return head.filter { !$0.isEmpty }.joined(separator: "  ") + "\n" + set.changesText
    }
}

/// A set that a damaged replica could not keep pending, with all its edits, for a person to enter again.
package struct RescuedDocument: Sendable {
    private let set: ChangeSet

    package init(_ set: ChangeSet) { self.set = set }

    /// `device`, `number`, `at`, `author`, `reason`, `changes`.
    package var json: JSONValue {
        .object([
            ("device", .string(set.device.description)), ("number", .int(Int64(set.number))),
            ("at", .string(set.time.instant.description)), ("author", .string(set.author)),
            ("reason", .string(set.reason)), ("changes", set.changesDocument),
        ])
    }
}

extension ChangeSet {
    fileprivate var changesDocument: JSONValue {
        .array(
            changes.map { change in
                .object([
                    ("kind", .string(change.kind)), ("record", .string(change.record.description)),
                    ("operation", .string(change.operation.name)), ("edits", .array(change.edits.map(\.document))),
                ])
            })
    }

    fileprivate var changesText: String {
        changes.map { change in
            let fields = change.edits.map { edit in
                edit.element.map { "\(edit.field)\(edit.new.isNull ? "-=" : "+=")\($0)" } ?? edit.field
            }
            let head = "    \(change.kind) \(change.record)  \(change.operation.label.text())"
            return fields.isEmpty ? head : head + "  " + fields.joined(separator: " ")
        }.joined(separator: "\n")
    }
}

extension Change.Operation {
    fileprivate var name: String {
        switch self {
        case .create: "create"
        case .edit: "edit"
        case .delete: "delete"
        }
    }

    fileprivate var label: Label {
        switch self {
        case .create: Label(zh: "新建", en: "new")
        case .edit: Label(zh: "修改", en: "edit")
        case .delete: Label(zh: "删除", en: "delete")
        }
    }
}

extension Edit {
    fileprivate var document: JSONValue {
        let element = element.map { [("element", JSONValue.string($0))] } ?? []
        return .object(
            [("field", .string(field))] + element + [("old", JSONValue(old)), ("new", JSONValue(new))])
    }
}

extension Output {
    /// `sets`.
    package func write(refused: [RefusedDocument]) {
        write(
            .object([("sets", .array(refused.map(\.json)))]),
            text: refused.isEmpty ? L("没有被退回的变更", "Nothing is refused") : refused.map(\.text).joined(separator: "\n"))
    }

    /// `sets`: those of the outbox, then the visits under way, which are none yet.
    package func write(outbox: [OutboxDocument], drafts: [(json: JSONValue, text: String)] = []) {
        let lines = outbox.map(\.text) + drafts.map(\.text)
        write(
            .object([("sets", .array(outbox.map(\.json) + drafts.map(\.json)))]),
            text: lines.isEmpty ? L("全部已同步", "Everything is synced") : lines.joined(separator: "\n"))
    }
}
