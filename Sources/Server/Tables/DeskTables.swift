import Assistance
import CommandSupport
import RecordStore
import SyncEngine

/// What waits at the desk, and who works for it, as tables.
enum DeskTables {
    static let devices = TableCatalogue.Entry(
        Table(
            "devices", Label(zh: "工作站", en: "Stations"),
            columns: [
                .init("device", "设备编号", "Device"), .init("village", "村居代码", "Village"),
                .init("staff", "协理员", "Staff"), .init("station", "工作站", "Station"),
                .init("enrolledAt", "加入时间", "Enrolled at"), .init("lastSeen", "最近联系", "Last seen"),
                .init("acknowledged", "已确认的变更", "Acknowledged"), .init("cursor", "已收到的序号", "Cursor"),
                .init("state", "状态", "State"),
            ]
        ) { database in
            try DeviceRegister(database).stations().map { device in
                [
                    .text(device.state.id.description), .text(device.state.scopes.map(\.code).joined(separator: " ")),
                    .text(device.staff), .text(device.station), .text(device.enrolledAt.plain),
                    .init(device.lastSeen?.plain), .number(Int64(device.state.acknowledged.number)),
                    .number(Int64(device.cursor)), .text(device.state.isRevoked ? "已停用" : "在用"),
                ]
            }
        })

    /// The open ones. What is sensitive, or names a person, is not shown.
    static let conflicts = TableCatalogue.Entry(
        "conflicts", Label(zh: "待处理的冲突", en: "Conflicts"), takes: [.village]
    ) { township, request in
        let tables = township.database.tables
        return Table(
            "conflicts", Label(zh: "待处理的冲突", en: "Conflicts"),
            columns: [
                .init("id", "编号", "Id"), .init("village", "村居代码", "Village"), .init("kind", "记录种类", "Kind"),
                .init("record", "记录", "Record"), .init("field", "字段", "Field"), .init("base", "原值", "Base"),
                .init("mine", "后到的值", "Decided later"), .init("theirs", "已有的值", "Already there"),
                .init("standing", "现行值", "Standing"), .init("authors", "填写人", "Authors"),
            ]
        ) { database in
            try tables.conflicts(in: database, includeClosed: false).compactMap { conflict in
                guard request.village?.covers(conflict.scope) ?? true else { return nil }
                return row(conflict, schema: tables.schema, isClear: request.isClear)
            }
        }
    }

    private static func row(_ conflict: Record, schema: Schema, isClear: Bool) -> [Table.Cell] {
        func value(_ name: String) -> Value { conflict.value(name, in: ConflictRecord.kind) }
        let kind = value("record_kind").text.flatMap(schema.kind)
        let name = value("field").text ?? ""
        let fields = kind.map { kind in
            kind.groups.first { $0.name == name }?.fields.compactMap(kind.field) ?? kind.field(name).map { [$0] } ?? []
        }
        let isSensitive = fields?.contains { $0.personalData == .sensitive } ?? true
        func said(_ name: String) -> Table.Cell {
            guard let text = value(name).text, text != "null" else { return .empty }
            let plain = JSONValue.parsed(text).plain
            if isClear { return .text(plain) }
            return .text(isSensitive ? Masking.hidden : Masking.numbers(in: plain))
        }
        return [
            .text(conflict.id.description), .text(conflict.scope.code), .init(kind?.label.zh),
            .init(value("record").text), .text(fields?.first?.label.zh ?? name), said("base"), said("mine"),
            said("theirs"), said("standing"), .text(value("authors").elements.joined(separator: "、")),
        ]
    }

    /// The open ones.
    static let duplicates = TableCatalogue.Entry(
        "duplicates", Label(zh: "疑似重复", en: "Duplicates"), takes: [.village]
    ) { township, request in
        let tables = township.database.tables
        return Table(
            "duplicates", Label(zh: "疑似重复", en: "Duplicates"),
            columns: [
                .init("id", "编号", "Id"), .init("rule", "情形", "Rule"), .init("first", "记录甲", "First record"),
                .init("firstVillage", "甲所在村居", "Its village"), .init("firstText", "甲", "First"),
                .init("second", "记录乙", "Second record"), .init("secondVillage", "乙所在村居", "Its village"),
                .init("secondText", "乙", "Second"),
            ]
        ) { database in
            try DuplicateReader(tables: tables, database: database).list().compactMap { item in
                if let village = request.village, !item.subjects.contains(where: { village.covers($0.record.scope) }) {
                    return nil
                }
                let subjects = (0..<2).flatMap { place -> [Table.Cell] in
                    guard item.subjects.indices.contains(place) else { return [.empty, .empty, .empty] }
                    let subject = item.subjects[place]
                    let text = request.isClear ? subject.text : Masking.numbers(in: subject.text)
                    return [.text(subject.record.id.description), .text(subject.record.scope.code), .text(text)]
                }
                return [.text(item.record.id.description), .text(item.rule.label.zh)] + subjects
            }
        }
    }
}
