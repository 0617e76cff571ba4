import Assistance
import CommandSupport
import SyncEngine

extension RollDesk.Frozen {
    /// `id` (null while not frozen), `month`, `batch`, `seq`, `lines`, `totalFen`, `arrearsFen`, `digest`, `payments`
    /// [{`application`, `programme`, `month`, `amountFen`, `arrears`}], `held` [{`application`, `programme`, `reasons`}],
    /// and what ``AccountReview/fields`` has.
    var document: JSONValue {
        .object([
            ("id", record.map { .string($0.description) } ?? .null), ("month", .string(roll.month.description)),
            ("batch", .int(batch)), ("seq", seq.map { .int(Int64($0)) } ?? .null),
            ("lines", .int(Int64(roll.lines.count))), ("totalFen", .int(roll.totalFen)),
            ("arrearsFen", .int(arrearsFen)), ("digest", .string(roll.digest.description)),
            (
                "payments",
                .array(
                    roll.lines.map { line in
                        .object(
                            Self.names(line.file) + [
                                ("month", .string(line.month.description)), ("amountFen", .int(line.fen)),
                                ("arrears", .bool(line.isArrears(in: roll.month))),
                            ])
                    })
            ),
            (
                "held",
                .array(
                    roll.held.map { held in
                        let reasons = held.reasons.map {
                            JSONValue.object([
                                ("rule", .string($0.rule.code)), ("text", .string($0.text.text())),
                            ])
                        }
                        return .object(Self.names(held.file) + [("reasons", .array(reasons))])
                    })
            ),
        ]).adding(accounts.fields)
    }

    private var arrearsFen: Int64 {
        roll.lines.filter { $0.isArrears(in: roll.month) }.reduce(0) { $0 + $1.fen }
    }

    private static func names(_ file: CaseFile) -> [(String, JSONValue)] {
        [
            ("application", .string(file.application.record.id.description)),
            ("programme", file.programme.map { .string($0.rawValue) } ?? .null),
            ("village", .string(file.application.record.scope.code)),
        ]
    }

    var text: String {
        let sum = Yuan.text(roll.totalFen)
        var lines = [
            record == nil
                ? L(
                    "\(roll.month) 待冻结：\(roll.lines.count) 笔，\(sum) 元",
                    "\(roll.month), not frozen: \(roll.lines.count) lines, \(sum) yuan")
                : L(
                    "已冻结 \(roll.month) 第 \(batch) 批：\(roll.lines.count) 笔，\(sum) 元",
                    "Frozen: \(roll.month), batch \(batch), \(roll.lines.count) lines, \(sum) yuan")
        ]
        if arrearsFen > 0 {
            lines.append(L("其中补发 \(Yuan.text(arrearsFen)) 元", "of which arrears \(Yuan.text(arrearsFen)) yuan"))
        }
        if !roll.held.isEmpty {
            lines.append(L("暂缓 \(roll.held.count) 件：", "Held, \(roll.held.count):"))
            lines += roll.held.flatMap { held in
                ["  \(held.file.application.record.id)"]
                    + held.reasons.map {
                        "      \($0.text.text())" + L("（\($0.rule.label.text())）", " (\($0.rule.label.text()))")
                    }
            }
        }
        return (lines + accounts.text).joined(separator: "\n")
    }
}
