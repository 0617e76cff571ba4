import Assistance
import CommandSupport
import Markup

extension ImportPage {
    /// A mapping to begin with.
    private static let example = #"records: [{kind: household, key: [number], fields: {number: "{户号}"}}]"#

    /// The sheet, its village and its mapping: below a result as it was sent, to be corrected and tried again.
    var form: HTML {
        Parts.panel(sent["roster"] == nil ? L("名册", "The roster") : L("改过再试算", "Correct it and try again")) {
            Parts.form(Link("imports", "plan"), request, seen: seq, submit: L("先试算，不写入", "Dry run, writes nothing")) {
                Parts.upload(into: "f-roster", L("表格文件（CSV）", "The file (CSV)"), accept: ".csv,text/csv")
                Parts.textarea(
                    "roster", L("表格内容", "Content"), value: sent["roster"] ?? "", isRequired: true, rows: 8,
                    limit: FormFields.Limit.bodyBytes)
                Shown.villageToChoose(
                    among: villages, first: L("请选择（表里写了村居代码的不用选）", "Choose (or the sheet names it)"),
                    value: sent["village"] ?? "")
                Tag.details {
                    Tag.summary(text: L("自己写映射", "A mapping of your own"))
                    Parts.textarea(
                        "mapping", L("哪一列是什么（映射）", "Which column is what (mapping)"),
                        value: sent["mapping"] ?? "",
                        help: L(
                            "列名特别、或一行要生成几条记录时才用：花括号里写表头的列名，例如 \(Self.example)",
                            "For unusual columns, or several records a row: in braces the column's heading, as \(Self.example)"
                        ), rows: 8, limit: 65_536)
                }
            }
            Parts.note(
                L(
                    "一行一户，第一行写列名。必须有“户编号”；认得的还有村居代码、住址、电话、村民小组、家庭人口等住户字段，以及户主姓名、身份证号。同一户再导入一次只更新，不会重复。",
                    "A row is a household; the first row names the columns. “Number” is needed; village, address, phones and the household's other fields are known by their names, and name and identity number of the head. A household that is imported again is updated, not doubled."
                ))
            Parts.note(
                L(
                    "名册超过 1 MB 的，请技术人员在服务器上导入。",
                    "A roster of more than 1 MB is taken in at the server: ask an engineer."))
        }
    }
}
