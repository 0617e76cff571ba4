import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

import class GRDB.Database

/// One record of any kind: what it says, who says so, and all that was ever changed.
struct RecordPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/records/{id}") { console, request in
            let subject = try console.look(at: try request.record(), page: "record", by: request)
            let tables = console.township.database.tables
            return try console.page { database, seq in
                let asOf = try AsOf(request.query, LogReader(database, tables: tables), head: seq)
                let then = try asOf.map {
                    try LogReader(database, tables: tables).record(subject.record.id, kind: subject.kind, asOf: $0.seq)
                }
                guard let record = then ?? subject.record, let linked = Linked(record) else {
                    throw Problem(.unknownRecord, subject.record.id.description)
                }
                return RecordPage(
                    seq: seq, subject: subject, record: linked, asOf: asOf,
                    entries: try HistoryReader(database, tables: tables).entries(of: record.id),
                    conflicts: try tables.conflicts(in: database, includeClosed: false, of: record.id)
                        .compactMap(Linked.init),
                    paymentState: try state(of: linked, asOf: asOf, tables: tables, in: database),
                    named: try linked.names(tables: tables, in: database),
                    isOfAnother: try AccountHolder.isOfAnother(linked, tables: tables, in: database),
                    clearance: try Clearance(of: subject.root, for: request, tables: tables, in: database),
                    request: request)
            }
        },
        .post("/records/{id}/disclosure", .disclose) { console, request in
            try Clearance.ask(console, request, backTo: "records")
        },
        .get("/records/{id}/proof") { console, request in
            let subject = try console.look(at: try request.record(), page: "proof", by: request)
            let clearance = try console.read { database, _ in
                try Clearance(
                    of: subject.root, for: request, tables: console.township.database.tables, in: database)
            }
            guard TraceParts.mayProve(request.person, clearance) else {
                throw Problem(
                    .notPermitted, request.person.role.label.text(),
                    explanation: Label(
                        zh: "证明含签名的原文：负责人、审计和区级监督先申请查看敏感信息，再下载",
                        en:
                            "A proof holds what was signed, in clear: leaders, auditors and the district ask to see it first"
                    ))
            }
            let heads = try request.query.all("head").prefix(shownHeads).map { text in
                guard let head = UInt64(text) else { throw Problem(.badValue, "head") }
                return head
            }
            let proof = try console.township.prove(subject.record.id, from: heads)
            return .file(
                ConsoleFile(
                    name: "proof-\(subject.record.id).json", mediaType: "application/json",
                    bytes: Array(proof.document.compact.utf8)))
        },
    ]

    /// Heads that a proof leads from, at most.
    private static let shownHeads = 8
    /// Sets that are told, the newest first.
    private static let shownEntries = 100

    let seq: Seq
    let subject: Subject
    let record: Linked
    let asOf: AsOf?
    let entries: [HistoryItem]
    let conflicts: [Linked]
    /// Of a line of money: what became of it.
    let paymentState: PaymentState?
    /// What its fields name, as people call it.
    let named: [RecordID: String]
    /// An account in the name of nobody of its household.
    let isOfAnother: Bool
    let clearance: Clearance
    let request: ConsoleRequest

    var title: String {
        [record.kind.label.text(), whose].compactMap(\.self).joined(separator: L("：", ": "))
    }

    /// Whom or what it is about, as people call it.
    private var whose: String? {
        record.text("name") ?? record.value("member").recordID.flatMap { named[$0] }
            ?? record.text("number").flatMap {
                Masking.form(of: "number", in: record.kind.name) == nil ? $0 : nil
            }
    }
    private var id: String { record.record.id.description }
    private var sourced: Sourced { Sourced(isClear: clearance.isClear, asOf: asOf?.seq) }

    /// As `show`, masked, with `seq`, `clearUntil`, `household`.
    var json: JSONValue {
        record.document(isClear: clearance.isClear).adding([
            ("conflicts", .array(conflicts.map { .string($0.record.id.description) })),
            ("household", .string(subject.root.description)), ("clearUntil", clearance.json),
            ("asOf", asOf?.json ?? .null), ("head", .int(Int64(seq))),
        ])
    }

    func body() -> HTML {
        .group([
            links, notices, clearance.parts(Link("records", id, "disclosure"), request, seen: seq),
            Parts.panel(record.kind.label.text()) {
                Parts.facts(
                    record.kind.fields.map { field in
                        (label: Sourced.label(field), value: value(field))
                    } + [(label: L("村居", "Village"), value: Shown.village(record.record.scope.code))])
            },
            Parts.panel(L("全部变更", "Every change")) {
                Tag.ol(.class(.timeline)) {
                    for item in entries.reversed().prefix(Self.shownEntries) { entry(item) }
                }
                TraceParts.proof(of: record.record.id, clearance, request.person)
            },
        ])
    }

    private static func state(
        of line: Linked, asOf: AsOf?, tables: RecordTables, in database: Database
    ) throws -> PaymentState? {
        guard line.kind.name == "payment" else { return nil }
        let reversal = try tables.first(
            of: line.kind, where: [("reverses", .text(line.record.id.description))], in: database
        ).flatMap(Linked.init)
        return PaymentState(
            of: line, reversedBy: reversal.flatMap { $0.record.seq <= asOf?.seq ?? .max ? $0 : nil })
    }

    private func value(_ field: FieldSchema) -> HTML {
        if field.name == "state", let paymentState {
            return .group([.text(paymentState.label.text()), " ", sourced.source(field.name, of: record)])
        }
        guard field.type == .reference, let other = record.value(field.name).recordID else {
            return sourced.value(field.name, of: record)
        }
        return .group([
            Parts.link(named[other] ?? L("另一条记录", "another record"), Link("records", other.description)), " ",
            sourced.source(field.name, of: record),
        ])
    }

    private var register: Register? {
        Register.all.first { $0.kindName == record.kind.name && !$0.isExport }
    }

    private var links: HTML {
        Tag.ul(.class(.tabs)) {
            if let register {
                Tag.li { Parts.link(L("登记簿：", "Register: ") + register.label.text(), Link("registers", register.name)) }
            }
            if let check = record.text(SamplePage.register) {
                Tag.li { Parts.link(L("所属抽查", "The spot check"), Link("samples", check)) }
            } else if record.kind.name == SamplePage.register {
                Tag.li { Parts.link(L("抽查页面", "The spot check's page"), Link("samples", id)) }
            } else if subject.root != record.record.id, register == nil || record.kind.field("staff") == nil {
                Tag.li { Parts.link(L("所属住户", "The household"), Link("households", subject.root.description)) }
            } else if subject.isHousehold {
                Tag.li { Parts.link(L("住户页面", "The household's page"), Link("households", id)) }
            }
            if EditableFields.mayEdit(record.kind.name, request.person), asOf == nil {
                Tag.li {
                    Parts.link(
                        register?.waiting == nil ? L("修改", "Edit") : L("修改、办结", "Edit or close"),
                        Link("records", id, "edit"))
                }
            }
            if record.kind.name == "payment" {
                Tag.li { Parts.link(L("追溯这笔发放", "Trace this payment"), Link("payments", id, "trace")) }
            }
        }
    }

    /// What an entry of a register still lacks; a file may be its evidence.
    private var toComplete: [String] {
        guard EditableFields.entries.contains(record.kind.name), asOf == nil else { return [] }
        let findings =
            record.kind.recordRule?(record.record.named(in: record.kind), RuleContext(today: request.now.day)) ?? []
        return findings.filter { $0.field != "evidence" }.map { $0.message.text() }
    }

    private var notices: HTML {
        .group([
            asOf.map {
                Parts.note(
                    L("这是 \($0.words) 的情况，不是现在的。", "This is how it was at \($0.words), not how it is now."), .grave)
            } ?? .empty,
            toComplete.isEmpty ? .empty : Parts.note(toComplete.joined(separator: L("；", "; ")), .soon),
            isOfAnother ? Parts.note(AccountHolder.words, .grave) : .empty,
            record.record.isDeleted ? Parts.note(L("已删除", "Deleted"), .grave) : .empty,
            conflicts.isEmpty
                ? .empty
                : Tag.p(.class(.hint, .grave)) {
                    L("有冲突待决定：", "Conflicts wait: ")
                    for conflict in conflicts {
                        Parts.link(
                            ConflictParts.label(of: conflict), Link("conflicts", conflict.record.id.description))
                        " "
                    }
                },
        ])
    }

    private func entry(_ item: HistoryItem) -> HTML {
        Tag.li {
            Tag.strong(text: Shown.author(item.author))
            " "
            Parts.time(item.at)
            " "
            Tag.small(text: L("序号 \(item.seq)", "seq \(item.seq)"))
            if item.outcome == .quarantined { Parts.badge(L("被退回", "set aside"), .grave) }
            if !item.reason.isEmpty {
                Tag.p {
                    Tag.em(text: L("理由：", "Reason: ") + Shown.reason(item.reason, isClear: clearance.isClear))
                }
            }
            TimelineParts.told(
                TimelineParts.lines(item, kind: record.kind, isClear: clearance.isClear, names: { named[$0] }))
        }
    }
}

extension Linked {
    /// What the records that its fields name are called: by name, number, or what they are.
    fileprivate func names(tables: RecordTables, in database: Database) throws -> [RecordID: String] {
        var names: [RecordID: String] = [:]
        for field in kind.fields where field.type == .reference {
            guard let id = value(field.name).recordID, let (other, kind) = try tables.record(id, in: database),
                let linked = Linked(other)
            else { continue }
            names[id] = linked.text("name") ?? linked.text("number") ?? kind.label.text()
        }
        return names
    }
}
