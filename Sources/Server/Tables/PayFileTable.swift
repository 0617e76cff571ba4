import Assistance
import SyncEngine

/// The 一本通 pay file as a table, with the columns of DOMAIN section 8. The file for the bank is made, and kept on
/// record, by `export payfile`.
enum PayFileTable {
    static let columns: [Table.Column] = [
        .init("index", "序号", "No."), .init("paidOn", "发放时间", "Paid on"), .init("unit", "发放单位", "Paid by"),
        .init("township", "所属乡镇", "Township"), .init("householdNumber", "农户代码", "Household"),
        .init("name", "姓名", "Name"), .init("idNumber", "身份证号", "Identity number"),
        .init("quantity", "补贴数量", "Quantity"), .init("standardFen", "补贴标准", "Standard"),
        .init("amountFen", "补贴金额", "Amount"), .init("account", "发放账号", "Account"),
        .init("address", "家庭住址", "Address"), .init("programme", "项目编码", "Programme"),
        .init("month", "所属月份", "Month"), .init("batch", "批次号", "Batch"),
    ]

    private static let title = Label(zh: "一本通发放文件", en: "Pay file for the bank")

    static let entry = TableCatalogue.Entry("payfile", title, needs: [.month], clear: []) { township, request in
        Table("payfile", title, columns: columns) { database in
            guard let month = request.month else { return [] }
            let rows = try PayFile(township, month: month, batch: nil, in: database).rows
            return request.isClear ? rows : rows.map(masked)
        }
    }

    private static func masked(_ row: [Table.Cell]) -> [Table.Cell] {
        zip(columns, row).map { column, cell in
            guard ["idNumber", "account"].contains(column.name), case .text(let text) = cell else { return cell }
            return .text(Masking.identityNumber(text))
        }
    }
}
