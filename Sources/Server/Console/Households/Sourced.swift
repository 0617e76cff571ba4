import Assistance
import CommandSupport
import Markup
import SyncEngine

/// Values with the way back to who said them (R47).
struct Sourced {
    let isClear: Bool
    /// The page shows an earlier day: the way back leads to the same day.
    var asOf: Seq?

    /// A field's value and a small link to where it comes from.
    func value(_ name: String, of record: Linked, name people: (RecordID?) -> String = { _ in "" }) -> HTML {
        guard let field = record.kind.field(name) else { return .empty }
        let shown = shown(field, of: record, people: people)
        guard !shown.isEmpty, field.derivation == nil else { return shown }
        return .group([shown, " ", source(name, of: record)])
    }

    private func shown(_ field: FieldSchema, of record: Linked, people: (RecordID?) -> String) -> HTML {
        let value = record.said(field.name)
        if field.type == .reference {
            let name = people(value.recordID)
            return .text(name.isEmpty && !value.isNull ? L("（另一条记录）", "(another record)") : name)
        }
        if field.rule?.codes != nil, let text = value.text,
            isClear || Masking.form(of: field.name, in: record.kind.name) == nil
        {
            return .text(field.rule?.codes?[text]?.text() ?? text)
        }
        return Shown.value(value, of: field, in: record.kind, isClear: isClear)
    }

    func source(_ field: String, of record: Linked) -> HTML {
        let label = Shown.label(field, in: record.kind)
        return Tag.a(
            .class(.source), .href(Link("records", record.record.id.description, "fields", field)),
            .ariaLabel(L("“\(label)”是谁说的", "Who says so: \(label)")),
            .title(L("谁说的、从何时起", "Who says so, since when")), text: L("来历", "origin"))
    }

    func facts(_ names: [String], of record: Linked, people: (RecordID?) -> String = { _ in "" }) -> HTML {
        Parts.facts(
            names.compactMap { name in
                record.kind.field(name).map { (label: Self.label($0), value: value(name, of: record, name: people)) }
            })
    }

    /// Cells of a row of a table.
    func values(_ names: [String], of record: Linked, people: (RecordID?) -> String = { _ in "" }) -> [HTML] {
        names.map { value($0, of: record, name: people) }
    }

    /// What a field is called where its money is shown in yuan.
    static func label(_ field: FieldSchema) -> String { Shown.label(field) }

    static func links(to id: RecordID, canEdit: Bool) -> HTML {
        Tag.span(.class(.acts)) {
            Parts.link(L("记录", "Record"), Link("records", id.description))
            if canEdit {
                " "
                Parts.link(L("修改", "Edit"), Link("records", id.description, "edit"))
            }
        }
    }
}

extension StyleClass {
    static let source = Self("source"), acts = Self("acts")
}
