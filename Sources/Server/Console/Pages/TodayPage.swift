import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// What is due and late, and what waits for a person, with a link to act.
struct TodayPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/today") { console, _ in
            let tables = console.township.database.tables
            return try console.page { database, seq in
                TodayPage(
                    seq: seq, conflicts: try tables.conflicts(in: database, includeClosed: false).count,
                    quarantined: try QuarantineReader(database, tables: tables).count())
            }
        }
    ]

    let seq: Seq
    let conflicts: Int
    let quarantined: Int

    var title: String { L("今日", "Today") }
    var isLive: Bool { true }

    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))), ("conflicts", .int(Int64(conflicts))), ("quarantined", .int(Int64(quarantined))),
        ])
    }

    func body() -> HTML {
        Tag.ul(.class(.cards)) {
            card(L("待决定的冲突", "Open conflicts"), conflicts, Link("conflicts"))
            card(L("被隔离的变更", "Set aside"), quarantined, Link("quarantine"))
        }
    }

    private func card(_ label: String, _ count: Int, _ link: Link) -> HTML {
        Tag.li(.class(.card)) {
            Tag.a(.href(link)) {
                Tag.span(.class(.count), text: String(count))
                label
            }
        }
    }
}
