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
                .init("device", "设备编号", "Device", .hidden), .init("village", "村居代码", "Village"),
                .init("staff", "协理员", "Staff"), .init("station", "工作站", "Station"),
                .init("enrolledAt", "加入时间", "Enrolled at"), .init("lastSeen", "最近联系", "Last seen"),
                .init("acknowledged", "已确认的变更", "Acknowledged"), .init("cursor", "已收到的序号", "Cursor"),
                .init("state", "状态", "State"),
            ]
        ) { database in
            try DeviceRegister(database).everyStation().map { device in
                [
                    .text(device.state.id.description), .text(device.state.scopes.map(\.code).joined(separator: " ")),
                    .text(device.staff), .text(device.station),
                    .init(device.isStranger ? nil : device.enrolledAt.plain),
                    .init(device.lastSeen?.plain), .number(Int64(device.state.acknowledged.number)),
                    .number(Int64(device.cursor)),
                    device.state.isRevoked
                        ? .code("revoked", Label(zh: "已停用", en: "Revoked"))
                        : .code("active", Label(zh: "在用", en: "In use")),
                ]
            }
        })

    /// The open ones. What is sensitive, or names a person, is not shown.
    static let conflicts = TableCatalogue.Entry(
        "conflicts", Label(zh: "待处理的冲突", en: "Conflicts"), takes: [.village],
        clear: TableCatalogue.answerable
    ) { township, request in
        let tables = township.database.tables
        return Table(
            "conflicts", Label(zh: "待处理的冲突", en: "Conflicts"),
            columns: [
                .init("id", "编号", "Id", .open(.conflicts)), .init("village", "村居代码", "Village"),
                .init("kind", "记录种类", "Kind", .link(.records, id: "record")),
                .init("record", "记录", "Record", .hidden), .init("field", "字段", "Field"), .init("base", "原值", "Base"),
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
            if isSensitive, !isClear { return .text(Masking.hidden) }
            let document = JSONValue.parsed(text)
            func masked(_ text: String) -> String { isClear ? text : Masking.numbers(in: text) }
            let label = words(document, fields ?? [])
            return .code(masked(document.plain), Label(zh: masked(label.zh), en: masked(label.en)))
        }
        return [
            .text(conflict.id.description), .text(conflict.scope.code), kind.map { .code($0.name, $0.label) } ?? .empty,
            .init(value("record").text), fields?.first.map { .code(name, $0.label) } ?? .text(name), said("base"),
            said("mine"),
            said("theirs"), said("standing"), .list(value("authors").elements),
        ]
    }

    /// A value, or those of a group: codes as what they mean; what another record is called is on the conflict's page.
    private static func words(_ document: JSONValue, _ fields: [FieldSchema]) -> Label {
        let values = fields.count == 1 ? [document] : document.elements
        guard values.count == fields.count else { return Label(zh: document.plain, en: document.plain) }
        func joined(_ language: Language) -> String {
            zip(fields, values).compactMap { field, value in
                if value == .null { return nil }
                if field.type == .reference { return Label(zh: "另一条记录", en: "another record").text(in: language) }
                return field.rule?.codes?[value.plain]?.text(in: language) ?? value.plain
            }.joined(separator: language == .zh ? "、" : ", ")
        }
        return Label(zh: joined(.zh), en: joined(.en))
    }

    /// The open ones.
    static let duplicates = TableCatalogue.Entry(
        "duplicates", Label(zh: "疑似重复", en: "Duplicates"), takes: [.village],
        clear: TableCatalogue.answerable
    ) { township, request in
        let tables = township.database.tables
        return Table(
            "duplicates", Label(zh: "疑似重复", en: "Duplicates"),
            columns: [
                .init("id", "编号", "Id", .open(.duplicates)), .init("rule", "情形", "Rule"),
                .init("first", "记录甲", "First record", .hidden),
                .init("firstVillage", "甲所在村居", "Its village"),
                .init("firstText", "甲", "First", .link(.records, id: "first")),
                .init("second", "记录乙", "Second record", .hidden),
                .init("secondVillage", "乙所在村居", "Its village"),
                .init("secondText", "乙", "Second", .link(.records, id: "second")),
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
                return [.text(item.record.id.description), .code(item.rule.rawValue, item.rule.label)] + subjects
            }
        }
    }
}
