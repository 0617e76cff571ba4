import Assistance
import CommandSupport
import SyncEngine

/// How people read the names of what the console's forms send, where the form itself is not there to say it.
enum TypedLabels {
    /// In the reader's language; `nil` where a name means nothing to people.
    static func label(_ name: String) -> String? {
        if let own = own[name] { return own.text() }
        let kinds = AssistanceSchema.current.kinds
        return kinds.lazy.compactMap { $0.field(name).map(EditableFields.label) }.first
    }

    /// Of a field named alone, or after its kind and a dot.
    static func label(of name: String) -> String? {
        let parts = name.split(separator: ".").map(String.init)
        guard parts.count == 2, let kind = AssistanceSchema.current.kind(parts[0]), let field = kind.field(parts[1])
        else {
            return label(parts.last ?? name)
        }
        return kind.label.text() + L("：", ": ") + EditableFields.label(field)
    }

    /// Fields of forms that are none of a record's, or that mean something of their own.
    private static let own: [String: Label] = [
        "reason": Label(zh: "理由", en: "Reason"), "amount": Label(zh: "金额（元）", en: "Amount (yuan)"),
        "take": Label(zh: "采用", en: "Take"), "conflict": Label(zh: "勾选的冲突", en: "Conflicts ticked"),
        "question": Label(zh: "问题", en: "Question"), "keep": Label(zh: "保留哪一条", en: "Which one is kept"),
        "move": Label(zh: "步骤", en: "Step"), "opinion": Label(zh: "意见", en: "Opinion"),
        "decision": Label(zh: "决定", en: "Decision"), "line": Label(zh: "从哪一笔抵扣", en: "From which line"),
        "lines": Label(zh: "多发的发放编号", en: "Lines that paid too much"),
        "instalment": Label(zh: "每期金额（元）", en: "Each instalment (yuan)"),
        "means": Label(zh: "方式", en: "How"), "cause": Label(zh: "原因", en: "Cause"), "on": Label(zh: "日期", en: "Day"),
        "receipt": Label(zh: "凭证", en: "Receipt"), "batch": Label(zh: "批次", en: "Batch"),
        "file": Label(zh: "文件", en: "File"), "rows": Label(zh: "退回文件的内容", en: "The return file"),
        "code": Label(zh: "代码", en: "Code"), "due": Label(zh: "应拨付日期", en: "To be allocated by"),
        "document": Label(zh: "文号", en: "Document"), "programme": Label(zh: "救助项目", en: "Programme"),
        "without_stations": Label(zh: "不等各站同步的理由", en: "Why not to wait for the stations"),
        "roster": Label(zh: "表格内容", en: "Content"), "mapping": Label(zh: "映射", en: "Mapping"),
        "village": Label(zh: "村居", en: "Village"), "household": Label(zh: "住户", en: "Household"),
        "member": Label(zh: "申请人", en: "Applicant"), "signer": Label(zh: "签字人", en: "Signer"),
        "valid_to": Label(zh: "授权有效期至", en: "Authorised until"), "status": Label(zh: "状态", en: "Status"),
        "month": Label(zh: "月份", en: "Month"), "year": Label(zh: "年份", en: "Year"), "text": Label(zh: "内容", en: "Text"),
        "name": Label(zh: "姓名", en: "Name"), "after": Label(zh: "从哪一行起", en: "Where it goes on"),
        "matter": Label(zh: "类别", en: "Matter"), "kind": Label(zh: "类别", en: "Kind"),
        "format": Label(zh: "格式", en: "Format"), "as_of": Label(zh: "截至日期", en: "As of"),
        "id": Label(zh: "所选的申请", en: "Cases chosen"), "application": Label(zh: "申请编号", en: "The case's id"),
        "result": Label(zh: "结果", en: "Result"), "clock": Label(zh: "时限", en: "Clock"),
        "share": Label(zh: "抽取比例（%）", en: "Share (%)"), "count": Label(zh: "抽取户数", en: "Number of households"),
        "seed": Label(zh: "随机种子", en: "Seed"),
        "password": Label(zh: "密码", en: "Password"), "old": Label(zh: "原密码", en: "Old password"),
        "new": Label(zh: "新密码", en: "New password"), "again": Label(zh: "再输一次新密码", en: "New password again"),
    ]
}
