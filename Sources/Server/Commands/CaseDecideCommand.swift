import ArgumentParser
import Assistance
import CommandSupport
import SyncEngine

struct CaseDecideCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "decide",
            abstract: L("作出审批决定：按今天的政策核算，核算过程一并留存", "Decide: calculated by today's policy, and kept with it"),
            discussion: L(
                """
                结果：approved 批准、rejected 不予批准、adjusted 调整、stopped 停发。按月发放的金额以核算为准，不能另填。
                例：ruhu-server case decide 编号 approved --basis 年收入低于标准 --signatory 李建国 --signatory 陈主任
                决定之后再用 case move 办理下一步。
                """,
                """
                approved, rejected, adjusted or stopped. What is paid every month is the calculated amount and no other.
                Example: ruhu-server case decide ID approved --basis "income below the standard" --signatory Li --signatory Chen
                The step that follows is taken with case move.
                """))
    }

    @OptionGroup var options: TownshipOptions
    @OptionGroup var desk: DeskOptions
    @Argument(help: ArgumentHelp(L("申请编号", "The application's id"))) var id: String
    @Argument(help: ArgumentHelp(L("结果", "The result"))) var result: String
    @Option(help: ArgumentHelp(L("依据和意见", "Basis and opinion"))) var basis: String
    @Option(name: .customLong("signatory"), help: ArgumentHelp(L("签字人，可写多个", "Who signs; may be given several times")))
    var signatories: [String]
    @Option(help: ArgumentHelp(L("职责：clerk 经办、leader 负责人、district 区级", "Role: clerk, leader or district")))
    var role = Role.clerk.rawValue
    @Option(
        help: ArgumentHelp(L("临时救助的金额（元），不超过核算；默认按核算", "Of relief: yuan, at most the calculated amount, the default")))
    var amount: String?

    func run() throws {
        let township = try options.township()
        let act = desk.act(reason: basis, intent: .record, now: township.clock())
        switch try CaseDesk(township: township).decide(id, try opinion(), act: act) {
        case .incomplete(let findings): options.output.fail(findings: findings)
        case .decided(let decided): options.output.write(decided.document, text: decided.text)
        }
    }

    private func opinion() throws -> CaseDesk.Opinion {
        guard let result = CaseDecision.Result(rawValue: result) else {
            throw Problem(
                .badValue, result,
                explanation: Label(
                    zh: "结果是 approved、rejected、adjusted 或 stopped",
                    en: "The result is approved, rejected, adjusted or stopped"))
        }
        guard ([basis] + signatories).allSatisfy({ $0.contains { !$0.isWhitespace } }) else {
            throw Problem(
                .badValue, "--basis, --signatory",
                explanation: Label(zh: "依据和签字人不能空着", en: "Basis and signatories are not empty"))
        }
        let fen = try amount.map { text in
            guard let fen = Yuan.fen(text) else {
                throw Problem(.badValue, text, explanation: Label(zh: "金额写作 500.00（元）", en: "Write yuan: 500.00"))
            }
            return fen
        }
        return CaseDesk.Opinion(
            result: result, basis: basis, signatories: signatories, role: try Role(parsing: role), amountFen: fen)
    }
}

extension CaseDesk.Decided {
    /// `id`, `kind`, `seq`, `amountFen`, `amount`, `calculation`.
    var document: JSONValue {
        .object([
            ("id", .string(record.description)), ("kind", .string("decision")), ("seq", .int(Int64(seq))),
            ("amountFen", amountFen.map(JSONValue.int) ?? .null),
            ("amount", amountFen.map { .string(Yuan.text($0)) } ?? .null),
            ("calculation", calculation?.document(records: []) ?? .null),
        ])
    }

    var text: String {
        let head =
            L("已作出决定 \(record)", "Decided \(record)")
            + (amountFen.map { L("，\(Yuan.text($0)) 元", ", \(Yuan.text($0)) yuan") } ?? "")
        return ([head] + (calculation.map { [$0.explanation(names: names, isDecided: true).text()] } ?? [])).joined(
            separator: "\n")
    }
}
