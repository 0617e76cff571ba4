import ArgumentParser
import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// Told once, filled once (R44): application, authorisation and commitment in one change set.
struct ApplyCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "apply",
            abstract: L("申请救助：申请、授权委托书、守信承诺书一次填齐", "Apply: application, authorisation and commitment at once"),
            discussion: L(
                "项目：\(Programme.list.zh)\n例：ruhu apply 住户编号 dibao --signer 张三 --reason 因病致困",
                "Programmes: \(Programme.list.en)\nExample: ruhu apply HOUSEHOLD dibao --signer 张三 --reason illness"))
    }

    @OptionGroup var options: StationOptions
    @Option(help: ArgumentHelp(L("填写人（默认本站协理员）", "Who writes (default: the station's assistant)")))
    var author: String?
    @Argument(help: ArgumentHelp(L("户编号或记录编号", "The household's number or id"))) var household: String
    @Argument(help: ArgumentHelp(L("救助项目", "The programme"))) var programme: String
    @Option(help: ArgumentHelp(L("申请人（成员编号）", "The applicant (a member's id)"))) var member: String?
    @Option(help: ArgumentHelp(L("授权和承诺的签字人；不写则只登记申请", "Who signed both papers; without: only the application")))
    var signer: String?
    @Option(help: ArgumentHelp(L("授权有效期至", "The authorisation's last day"))) var validTo: String?
    @Option(help: ArgumentHelp(L("代办人", "The proxy"))) var proxy: String?
    @Option(help: ArgumentHelp(L("接续哪件申请（如户主死亡后）", "The case it continues, as after the head's death")))
    var continues: String?
    @Option(help: ArgumentHelp(L("申请事由", "The reason"))) var reason: String?

    func run() throws {
        let programme = try Programme(parsing: programme)
        let station = try options.station()
        let now = station.clock()
        let home = try station.replica.read { try $0.household(named: household) }
        for text in [signer, proxy, reason].compactMap(\.self) where !text.contains(where: { !$0.isWhitespace }) {
            throw Problem(
                .badValue, "--signer, --proxy, --reason",
                explanation: Label(zh: "写了选项就不能空着；没有的不要写", en: "An option that is given is not empty; leave it out"))
        }
        let lastDay = try validTo.map(Self.day)
        if let lastDay, lastDay < now.day {
            throw Problem(
                .badValue, "--valid-to \(lastDay)",
                explanation: Label(
                    zh: "授权在这一天已经过期，不能据此核对（R25）；写今天以后的日期，例如 \(now.day.adding(months: 12))",
                    en:
                        "The authorisation would have expired, and nothing could be checked (R25); give a later day, such as \(now.day.adding(months: 12))"
                ))
        }
        let applicant = try member.map { text in
            let (record, kind) = try station.replica.read { try $0.known(text) }
            guard kind.name == "member" else { throw Problem(.unknownRecord, text) }
            return record
        }
        let continued = try continues.map { text in
            let (record, kind) = try station.replica.read { try $0.known(text) }
            guard kind.name == "application" else { throw Problem(.unknownRecord, text) }
            return record
        }
        let packet = ApplicationPacket(
            household: home.id, member: applicant?.id, programme: programme, proxy: proxy, reason: reason,
            signer: signer, validTo: lastDay, continues: continued?.id, at: now)
        var earlier: RecordID?
        let drafts = try station.replica.read { transaction -> [Draft] in
            var random = SystemRandomNumberGenerator()
            let (drafts, found) = try packet.drafts(in: StationRecords(transaction: transaction)) {
                .v7(milliseconds: now.milliseconds, using: &random)
            }
            earlier = found
            return drafts
        }
        let writer = try author ?? station.membership().staff
        let (number, warnings) = try station.capture(drafts, author: writer)
        report(drafts, number: number, earlier: earlier, warnings: warnings + packet.findings)
    }

    private static func day(_ text: String) throws -> CalendarDay {
        guard let day = CalendarDay(text) else {
            throw Problem(.badValue, text, explanation: Label(zh: "日期写作 2026-12-31", en: "A date is 2026-12-31"))
        }
        return day
    }

    private func report(_ drafts: [Draft], number: UInt64?, earlier: RecordID?, warnings: [Finding]) {
        Diagnostics.warn(warnings)
        if let earlier {
            Diagnostics.warn([
                Finding(
                    .warning,
                    Label(
                        zh: "这一户已有同样的申请在办：\(earlier)（R44）", en: "The same application is open already: \(earlier) (R44)"
                    ))
            ])
        }
        let ids = Dictionary(drafts.map { ($0.kind.name, JSONValue.string($0.record.description)) }) { first, _ in first
        }
        options.output.write(
            .object([
                ("id", ids["application"] ?? .null), ("kind", .string("application")),
                ("set", number.map { .int(Int64($0)) } ?? .null), ("authorisation", ids["authorisation"] ?? .null),
                ("commitment", ids["commitment"] ?? .null),
                ("repeats", earlier.map { .string($0.description) } ?? .null),
            ]),
            text: L("已登记申请 \(drafts[0].record)", "Application \(drafts[0].record) recorded"))
    }
}
