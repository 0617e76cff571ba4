import Assistance
import CommandSupport
import Markup
import SyncEngine

/// Steps of a trace, as pages and programs see them (R47).
enum TraceParts {
    static func row(_ step: TraceStep, kind: KindSchema?, isClear: Bool) -> [HTML] {
        var item = step.item
        if let field = step.field { item.effects = item.effects.filter { $0.field == field } }
        return [
            .group(TimelineParts.lines(item, kind: kind, isClear: isClear).map { Tag.p(text: $0) }),
            .group([
                .text(Shown.author(item.author)), " ", Parts.time(item.at),
                item.reason.isEmpty ? .empty : Tag.p { Tag.em(text: Shown.reason(item.reason)) },
                item.outcome == .quarantined ? Parts.badge(L("被退回", "set aside"), .grave) : .empty,
                item.outcome == .conflicted ? Parts.badge(L("有冲突", "met a conflict"), .soon) : .empty,
            ]),
            .text(place(step)),
            .group([
                Tag.span(.class(.code), text: "…\(step.leaf.device.description.suffix(8))/\(step.leaf.number)"), " ",
                step.isSigned
                    ? Parts.badge(L("签名有效", "signed"), .fine) : Parts.badge(L("签名无效", "NOT signed"), .grave),
                " ",
                step.isIncluded
                    ? Parts.badge(L("在日志中", "in the log"), .fine) : Parts.badge(L("不在日志中", "NOT in the log"), .grave),
            ]),
            .text(String(step.item.seq)),
        ]
    }

    static var headings: [String] {
        [
            L("说了什么", "What was said"), L("谁、何时、为何", "Who, when, why"), L("何处", "Where"),
            L("设备和证明", "Device and proof"), L("序号", "Seq"),
        ]
    }

    static func place(_ step: TraceStep) -> String {
        guard !step.leaf.isDesk else { return L("镇街", "The township's desk") }
        let village = step.scope.map { VillageNames.current.name(of: $0) }
        return [step.device?.station, step.device?.staff, village].compactMap(\.self).filter { !$0.isEmpty }
            .joined(separator: " · ")
    }

    /// As an entry of `audit trace`, masked.
    static func document(_ step: TraceStep, kind: KindSchema?, isClear: Bool) -> JSONValue {
        guard !isClear, let kind else { return step.document }
        return TraceStep(
            item: Masking.masked(step.item, kind: kind), field: step.field, leaf: step.leaf, device: step.device,
            scope: step.scope,
            isSigned: step.isSigned, isIncluded: step.isIncluded
        ).document
    }

    /// A proof holds whole change sets as they were signed, with all that pages mask: for those who supervise, and only
    /// after they have asked to see it.
    static func mayProve(_ person: Person, _ clearance: Clearance) -> Bool {
        clearance.isClear && [Role.leader, .auditor, .district].contains(person.role)
    }

    /// How a proof is got, and checked without trusting this server.
    static func proof(of record: RecordID, _ clearance: Clearance, _ person: Person) -> HTML {
        Tag.div(.class(.hint)) {
            if mayProve(person, clearance) {
                Tag.a(
                    .href(Link("records", record.description, "proof")), .download,
                    text: L("下载证明", "Download the proof"))
                L("。", ". ")
            } else {
                L(
                    "证明含签名的原文，负责人、审计和区级监督申请查看敏感信息后可以下载。",
                    "A proof holds what was signed, in clear: leaders, auditors and the district download it once they have asked to see what is masked. "
                )
            }
            L(
                "在任何装有入户的电脑上都能离线核对：它核对签名、变更集和日志树，不需要相信本服务器。",
                "It is checked offline on any computer that has Ruhu: signatures, change sets and the tree of the log; nobody need trust this server."
            )
            Parts.command(
                L("给审计：核对的命令", "For the auditor: the command that checks it"),
                "ruhu verify-proof proof-\(record).json")
            if mayProve(person, clearance) {
                L(
                    "工作站以前见过的树首大小写在网址后面：?head=大小，证明便连到它。",
                    "For a station that holds an earlier head, add ?head=SIZE to the address: the proof then leads from it."
                )
            }
        }
    }
}

extension StyleClass {
    static let code = Self("code")
}

/// Who says so, since when: the chain of values of one field, each with what speaks for it.
struct FieldTracePage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/records/{id}/fields/{field}") { console, request in
            let subject = try console.look(at: try request.record(), page: "field", by: request)
            guard let field = subject.kind.field(request.part("field")), field.derivation == nil else {
                throw Problem(.unknownField, String(request.part("field").prefix(60)))
            }
            let steps = try console.township.trace(subject.record.id, field: field.name)
            return try console.page { database, seq in
                FieldTracePage(
                    seq: seq, subject: subject, field: field, steps: steps, person: request.person,
                    clearance: try Clearance(
                        of: subject.root, for: request, tables: console.township.database.tables, in: database))
            }
        }
    ]

    let seq: Seq
    let subject: Subject
    let field: FieldSchema
    let steps: [TraceStep]
    let person: Person
    let clearance: Clearance

    var title: String { L("谁说的：", "Who says so: ") + Shown.label(field) }

    /// `seq`, `record`, `kind`, `field`, `value`, `steps` as `audit trace`, masked.
    var json: JSONValue {
        let value = subject.record.value(field.name, in: subject.kind)
        let shown = clearance.isClear ? value : Masking.masked(value, of: field.name, in: subject.kind.name)
        return .object([
            ("seq", .int(Int64(seq))), ("record", .string(subject.record.id.description)),
            ("kind", .string(subject.kind.name)), ("field", .string(field.name)), ("value", JSONValue(shown)),
            (
                "steps",
                .array(
                    steps.map { TraceParts.document($0, kind: subject.kind, isClear: clearance.isClear) })
            ),
        ])
    }

    func body() -> HTML {
        let id = subject.record.id.description
        return .group([
            Tag.ul(.class(.tabs)) {
                Tag.li { Parts.link(subject.kind.label.text(), Link("records", id)) }
                if subject.root != subject.record.id || subject.isHousehold {
                    Tag.li { Parts.link(L("所属住户", "The household"), Link("households", subject.root.description)) }
                }
            },
            Parts.panel(Shown.label(field)) {
                Tag.p {
                    L("现在的值：", "The value now: ")
                    Tag.strong {
                        Shown.value(
                            subject.record.value(field.name, in: subject.kind), of: field, in: subject.kind,
                            isClear: clearance.isClear)
                    }
                }
                Parts.table(
                    title, TraceParts.headings,
                    rows: steps.reversed().map {
                        TraceParts.row($0, kind: subject.kind, isClear: clearance.isClear)
                    })
                TraceParts.proof(of: subject.record.id, clearance, person)
            },
        ])
    }
}
