import ArgumentParser
import CommandSupport
import SyncEngine

struct CoverageCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "coverage",
            abstract: L("经办力量和服务网点：专职人员、村级工作站、协理员", "Staff and stations: full-time staff, village stations, assistants")
        )
    }

    @OptionGroup var options: TownshipOptions

    func run() throws {
        let township = try options.township()
        let table = Table.coverage(township)
        let rows = try township.database.read { try table.page(nil, .max, $0).rows }
        options.output.write(
            .object([
                ("coverage", .array(rows.map { Table.document($0, table.columns) })),
                ("count", .int(Int64(rows.count))),
            ]), text: Table.text(rows, table.columns))
    }
}
