import ArgumentParser
import Assistance
import CommandSupport
import SyncEngine

/// Works without a station too, by the pack of the program.
struct ProofsCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "proofs", abstract: L("申请要带什么，什么不用带", "What an applicant brings, and what not"),
            discussion: L(
                "项目：\(Programme.list.zh)\n能够通过信息共享获取的，不要求申请人提供（R38）。",
                "Programmes: \(Programme.list.en)\nWhat the township gets by sharing, an applicant is not asked for (R38)."
            ))
    }

    @OptionGroup var options: StationOptions
    @Argument(help: ArgumentHelp(L("救助项目", "The programme"))) var programme: String

    func run() throws {
        let programme = try Programme(parsing: programme)
        let day = SystemClock.now().day
        let shelf = try shelf()
        let pack = try shelf.pack(on: day)
        let proofs = pack.proofs(of: programme)
        Diagnostics.warn(shelf.expiryAlerts(on: day))
        options.output.write(
            .object([
                ("programme", .string(programme.rawValue)), ("day", .string(day.description)),
                ("pack", .string(pack.name)), ("proofs", .array(proofs.map(\.document))),
            ]),
            text: Self.text(proofs, of: programme, pack: pack))
    }

    private func shelf() throws -> PolicyShelf {
        guard Files.exists(try options.folder().databasePath) else { return .included }
        return try options.station().replica.read { try $0.policyShelf() }
    }

    private static func text(_ proofs: [PolicyProof], of programme: Programme, pack: PolicyPack) -> String {
        guard !proofs.isEmpty else {
            return L("政策包 \(pack.name) 没有材料清单：不要求提供材料", "\(pack.name) has no checklist: nothing is asked for")
        }
        func table(_ items: [PolicyProof], _ title: String) -> String {
            var table = TextTable([title, L("来源", "From"), L("依据", "Basis"), L("条款", "Article")])
            for item in items {
                table.add([item.label.text(), item.issuer.text(), item.basis, item.source.text.text()])
            }
            return table.text
        }
        return [
            "\(programme.label.text())  \(pack.name)",
            table(proofs.filter { !$0.isShared }, L("要带的", "To bring")),
            table(proofs.filter(\.isShared), L("不用带的（共享获取）", "Not to bring (shared)")),
        ].joined(separator: "\n\n")
    }
}
