import ArgumentParser
import Assistance
import CommandSupport
import SyncEngine

struct NoticeCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "notice", abstract: L("出公示单或告知书", "Issue a public notice or a letter"),
            discussion: L(
                """
                publicity 公示单：自今日起公示，末日遇休息日顺延。其余为告知书：check_failure、rejection、adjustment。
                张贴凭证和送达日期随后补记：ruhu edit 编号 posted_evidence+=照片，ruhu-server edit 编号 delivered_on=日期
                """,
                """
                publicity is posted from today, and its end rolls off days off. The others are letters: check_failure, rejection,
                adjustment. Evidence and delivery follow: ruhu edit ID posted_evidence+=PHOTO, ruhu-server edit ID delivered_on=DATE
                """))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("申请编号", "The application's id"))) var id: String
    @Argument(help: ArgumentHelp(L("类别", "Its kind"))) var kind: String
    @Option(help: ArgumentHelp(L("张贴地点", "Where it is posted"))) var place: String?
    @Option(help: ArgumentHelp(L("监督电话（默认政策包的）", "The hotline on it (default: the policy pack's)"))) var hotline:
        String?
    @Option(help: ArgumentHelp(L("内容", "What it says"))) var text: String?

    func run() throws {
        for text in [place, hotline, self.text].compactMap(\.self) where !text.contains(where: { !$0.isWhitespace }) {
            throw Problem(
                .badValue, "--place, --hotline, --text",
                explanation: Label(zh: "写了选项就不能空着；没有的不要写", en: "An option that is given is not empty; leave it out"))
        }
        let township = try options.township()
        let now = township.clock()
        let act = desk.act(reason: "", intent: .record, now: now)
        let (record, end, seq) = try CaseDesk(township: township).issue(
            kind, for: id, place: place, hotline: hotline, text: text, act: act)
        options.output.write(
            .object([
                ("id", .string(record.description)), ("kind", .string("notice")), ("seq", .int(Int64(seq))),
                ("from", .string(now.day.description)), ("to", end.map { .string($0.description) } ?? .null),
            ]),
            text: L("已出 \(record)", "Issued \(record)")
                + (end.map { L("，公示至 \($0)", ", posted to \($0)") } ?? ""))
    }
}
