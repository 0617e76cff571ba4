import Assistance
import CommandSupport
import GRDB
import Markup
import RecordStore
import SyncEngine

/// Whether a page shows its reader what is masked: because they asked, with a reason, a short time ago.
struct Clearance: Sendable {
    /// `nil`: everything is masked.
    let until: Instant?

    var isClear: Bool { until != nil }

    init(of household: RecordID, for request: ConsoleRequest, tables: RecordTables, in database: Database) throws {
        until = try Disclosures(tables: tables, database: database)
            .until(of: household, for: request.person, at: request.now)
    }

    var json: JSONValue { until.map { .string($0.description) } ?? .null }

    /// What the page says of it: until when, or how to ask.
    func parts(_ action: Link, _ request: ConsoleRequest, seen: Seq) -> HTML {
        if let until {
            return Tag.p(.class(.hint, .soon), .role("status")) {
                L("敏感信息已对您显示，至 ", "Shown to you in clear until ")
                Parts.time(until)
                L("。查看已记入日志。", ". That you looked is in the log.")
            }
        }
        return Tag.details {
            Tag.summary(text: L("查看被遮盖的身份证号、账号和病情", "See the masked numbers, accounts and illnesses"))
            Parts.form(action, request, seen: seen, submit: L("记入日志并查看", "Log it and show")) {
                Parts.reason(
                    key: "disclosure-",
                    help: L(
                        "写明为什么要看，至少 \(Disclosure.reasonCharacters) 个字；谁、何时、什么理由，都进入不可改动的日志。显示 \(Disclosure.minutes) 分钟，只对您本人。",
                        "Say why, in \(Disclosure.reasonCharacters) characters at least. Who, when and why go into the log that cannot be changed. Shown to you alone, for \(Disclosure.minutes) minutes."
                    ))
            }
        }
    }

    /// How long a reason must be.
    static var reasonHelp: String {
        L(
            "写明为什么要看，至少 \(Disclosure.reasonCharacters) 个字",
            "Say why, in \(Disclosure.reasonCharacters) characters at least")
    }

    /// Asking on a page of the record in `{id}`.
    static func ask(_ console: Console, _ request: ConsoleRequest, backTo area: String) throws -> ConsoleAnswer {
        let subject = try request.record()
        let made = try Disclosures.ask(
            console.township, for: subject, by: request.person, reason: try request.required("reason"))
        return .done(
            Link(area, subject.description),
            .object([
                ("seq", .int(Int64(made.seq))), ("household", .string(made.household.description)),
                ("until", .string(made.until.description)),
            ]))
    }
}
