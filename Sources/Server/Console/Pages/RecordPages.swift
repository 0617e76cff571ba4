import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// One record of any kind: what it says, and all that was ever changed.
struct RecordPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/records/{id}") { console, request in
            let id = try request.record()
            try console.keepView(of: id, page: "record", by: request)
            let tables = console.township.database.tables
            return try console.page { database, seq in
                guard let (record, kind) = try tables.record(id, in: database) else {
                    throw Problem(.unknownRecord, id.description)
                }
                return RecordPage(
                    seq: seq, record: record, kind: kind,
                    entries: try HistoryReader(database, tables: tables).entries(of: id))
            }
        }
    ]

    let seq: Seq
    let record: Record
    let kind: KindSchema
    let entries: [HistoryItem]

    var title: String { kind.label.text() }
    var json: JSONValue { RecordDocument(record, kind: kind, conflicts: []).json }

    func body() -> HTML {
        .group([
            Parts.panel(kind.label.text()) {
                Parts.facts(
                    kind.storedFields.map { field in
                        (field.label.text(), Shown.value(record.value(field.name, in: kind), of: field, in: kind))
                    })
            },
            Parts.panel(L("全部变更", "Every change")) {
                Tag.ol(.class(.timeline)) {
                    for item in entries { entry(item) }
                }
            },
        ])
    }

    private func entry(_ item: HistoryItem) -> HTML {
        Tag.li {
            Tag.strong(text: item.author)
            " "
            Parts.time(item.at)
            for line in HistoryEntry(item, kind: kind).lines(Shown.masked(in: kind)) { Tag.p(text: line) }
        }
    }
}
