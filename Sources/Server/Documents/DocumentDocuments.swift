import Assistance
import CommandSupport
import SyncEngine

extension DocumentDesk.Made {
    private func text(_ field: String) -> JSONValue {
        record?.value(field, in: DocumentRecord.kind).text.map(JSONValue.string) ?? .null
    }

    var serial: String? { record?.value("serial", in: DocumentRecord.kind).text }

    /// `application`, `code`, `title`, `serial`, `draft`, `reprint`, `printed`, `record`, `seq`, `issuedOn`, `pack`,
    /// `template`, `templateHash`, `sha256`, `file`.
    func json(file: String) -> JSONValue {
        let issuedOn = record?.value("issued_on", in: DocumentRecord.kind).day
        return .object([
            ("application", .string(application.description)), ("code", .string(template.code.rawValue)),
            ("title", .string(title)), ("serial", text("serial")), ("draft", .bool(record == nil)),
            ("reprint", .bool(isReprint)),
            ("printed", record?.value("printed", in: DocumentRecord.kind).int64.map(JSONValue.int) ?? .null),
            ("record", record.map { .string($0.id.description) } ?? .null),
            ("seq", seq.map { .int(Int64($0)) } ?? .null),
            ("issuedOn", issuedOn.map { .string($0.description) } ?? .null), ("pack", .string(pack)),
            ("template", .string(template.name)), ("templateHash", .string(template.hash.description)),
            ("sha256", .string(document.hash.description)), ("file", .string(file)),
        ])
    }

    func line(file: String) -> String {
        let name = "《\(title)》"
        guard let serial else { return L("样稿 \(name)：\(file)", "Draft of \(name): \(file)") }
        return isReprint
            ? L("补打 \(name) \(serial)：\(file)", "Printed again \(name) \(serial): \(file)")
            : L("已出具 \(name) \(serial)：\(file)", "Issued \(name) \(serial): \(file)")
    }
}

extension Value {
    fileprivate var day: CalendarDay? { if case .date(let day) = self { day } else { nil } }
}

/// The documents of a case: which were issued, which are possible, what is missing for the others.
struct DocumentList {
    let subject: DocumentSubject

    /// One document of the case.
    struct Row {
        let template: DocumentTemplate
        let title: String
        /// None: it may be issued now.
        let missing: [Guard]
        /// The older first.
        let issued: [Linked]
        /// The one that says what would be said now.
        let current: RecordID?
    }

    var rows: [Row] {
        guard let file = subject.file else { return [] }
        return (file.programme.map(DocumentTemplate.all(of:)) ?? []).map { template in
            let issued = file.issued(template.code)
            let current = issued.last.flatMap { isCurrent($0, template) ? $0.record.id : nil }
            return Row(
                template: template, title: template.title(in: subject), missing: template.missing(in: file),
                issued: issued, current: current)
        }
    }

    private func isCurrent(_ issued: Linked, _ template: DocumentTemplate) -> Bool {
        issued.text("content")
            == RenderedDocument(template, of: subject, standing: .draft).hash.description
    }

    var json: JSONValue {
        .object([
            (
                "application",
                subject.file.map { .string($0.application.record.id.description) } ?? .null
            ),
            ("documents", .array(rows.map(\.document))),
        ])
    }

    var text: String {
        rows.flatMap { row in
            let head = "\(row.template.code.rawValue)  \(row.title)"
            let issued = row.issued.map { document in
                "  " + (document.text("serial") ?? "") + "  " + (document.day("issued_on")?.description ?? "")
            }
            let state = row.missing.isEmpty ? L("  可出具", "  possible") : ""
            return [head + state] + issued
                + row.missing.map {
                    "      " + $0.needs.text() + L("（\($0.rule.label.text())）", " (\($0.rule.label.text()))")
                }
        }.joined(separator: "\n")
    }
}

extension DocumentList.Row {
    /// `code`, `title`, `possible`, `form`, `missing` [{`rule`, `text`, `article`}], `issued` [{`serial`, `record`,
    /// `issuedOn`, `issuedBy`, `printed`, `sha256`, `current`}].
    fileprivate var document: JSONValue {
        .object([
            ("code", .string(template.code.rawValue)), ("title", .string(title)),
            ("possible", .bool(missing.isEmpty)), ("form", .bool(template.isForm)),
            ("missing", .array(missing.map(\.document))), ("issued", .array(issued.map(document))),
        ])
    }

    private func document(_ issued: Linked) -> JSONValue {
        .object([
            ("serial", .string(issued.text("serial") ?? "")), ("record", .string(issued.record.id.description)),
            ("issuedOn", issued.day("issued_on").map { .string($0.description) } ?? .null),
            ("issuedBy", issued.text("issued_by").map(JSONValue.string) ?? .null),
            ("printed", issued.number("printed").map(JSONValue.int) ?? .null),
            ("sha256", issued.text("sha256").map(JSONValue.string) ?? .null),
            ("current", .bool(issued.record.id == current)),
        ])
    }
}

extension Guard {
    /// `rule`, `text`, `article`.
    fileprivate var document: JSONValue {
        .object([
            ("rule", .string(rule.code)), ("text", .string(needs.text())), ("article", .string(rule.label.text())),
        ])
    }
}

/// The file of a case, as `case archive` states it.
struct ArchiveDocument {
    let file: CaseFile
    let archive: CaseArchive

    /// `application`, `programme`, `status`, `complete`, `items` [{`item`, `title`, `rule`, `article`, `present`,
    /// `evidence` [{`kind`, `id`, `serial`}], `retention`}].
    var json: JSONValue {
        .object([
            ("application", .string(file.application.record.id.description)),
            ("programme", file.programme.map { .string($0.rawValue) } ?? .null),
            ("status", file.status.map { .string($0.rawValue) } ?? .null), ("complete", .bool(archive.isComplete)),
            ("items", .array(archive.items.map(\.document))),
        ])
    }

    var text: String {
        var table = TextTable([L("材料", "Item"), L("保管期限", "Kept"), L("依据", "Rule"), L("现状", "State")])
        for item in archive.items {
            let state = item.isPresent ? item.evidence.map(\.text).joined(separator: "  ") : L("缺", "missing")
            table.add([item.label.text(), item.retention.label.text(), item.rule.code, state])
        }
        return table.text + "\n" + archive.verdict.text()
    }
}

extension CaseArchive.Item {
    fileprivate var document: JSONValue {
        .object([
            ("item", .string(code)), ("title", .string(label.text())), ("rule", .string(rule.code)),
            ("article", .string(rule.label.text())), ("present", .bool(isPresent)),
            ("evidence", .array(evidence.map(\.document))), ("retention", .string(retention.rawValue)),
        ])
    }
}

extension CaseArchive.Evidence {
    fileprivate var document: JSONValue {
        let (kind, id, serial): (String, RecordID, String?) =
            switch self {
            case .record(let kind, let id): (kind, id, nil)
            case .attachment(let id): ("attachment", id, nil)
            case .document(let serial, let id): ("document", id, serial)
            }
        return .object([
            ("kind", .string(kind)), ("id", .string(id.description)), ("serial", serial.map(JSONValue.string) ?? .null),
        ])
    }

    fileprivate var text: String {
        switch self {
        case .record(_, let id), .attachment(let id): id.description
        case .document(let serial, _): serial
        }
    }
}
