import Assistance
import CommandSupport
import Markup
import SyncEngine

/// The three tasks that run side by side (R26).
struct CasePreparationPart {
    let view: CaseView

    var body: HTML {
        let tasks = view.file.preparation
        guard !tasks.isEmpty else { return .empty }
        return Parts.panel(L("三项并行：核对、调查、填表", "Side by side: check, survey, form"), id: "preparation") {
            Tag.ul(.class(.cards)) {
                for task in tasks { card(task) }
            }
        }
    }

    private func card(_ task: CasePreparation) -> HTML {
        Tag.li(.class(.card)) {
            Tag.h3 {
                task.name.label.text() + " "
                Parts.badge(task.state.label.text(), Self.style(task.state))
            }
            if !task.missing.isEmpty { CaseParts.reasons(task.missing) }
            Tag.ul {
                for record in task.records { Tag.li { line(record) } }
            }
        }
    }

    private static func style(_ state: CasePreparation.State) -> StyleClass {
        switch state {
        case .waiting: .soon
        case .running: .mild
        case .done: .fine
        }
    }

    private func line(_ record: Linked) -> HTML {
        let (what, who): (String, String) =
            switch record.kind.name {
            case "visit":
                (
                    day(record, "when"),
                    record.elements("surveyors").joined(separator: L("、", ", "))
                )
            case "check_request": (day(record, "requested_at"), view.author(of: record))
            case "check_report": (day(record, "issued_on"), view.author(of: record))
            default: (day(record, "signed_at"), record.text("signer") ?? "-")
            }
        return .group([
            Parts.link(record.kind.label.text(), Link("records", record.record.id.description)),
            .text(" \(what) \(who)"),
            record.value("withdrawn").isNull ? .empty : Parts.badge(L("已撤回", "withdrawn"), .grave),
            CaseFiles(view: view).thumbnails(of: record),
        ])
    }

    private func day(_ record: Linked, _ field: String) -> String { record.day(field)?.description ?? "-" }
}

/// The economic check: requests, the report, member by member (R25, R64, R65).
struct CaseCheckPart {
    let view: CaseView
    private var file: CaseFile { view.file }

    var body: HTML {
        let reports = file.all("check_report")
        let requests = file.all("check_request")
        let isChecked = !file.preparation.isEmpty || !reports.isEmpty || !requests.isEmpty
        guard isChecked else { return .empty }
        return Parts.panel(L("经济状况核对报告", "Check report"), id: "check") {
            if let report = reports.last {
                show(report)
            } else {
                Tag.p(.class(.empty), text: L("还没有报告", "No report yet"))
            }
            for refused in file.all("refused_report") {
                Parts.note(
                    L("有一份报告不予采用：", "A report was set aside: ") + Shown.masked(reason: refused.text("reason") ?? ""),
                    .soon)
            }
            CaseParts.forWorkers(view) { ask(requests) }
        }
    }

    private func show(_ report: Linked) -> HTML {
        let isValid = file.validReport?.record.id == report.record.id
        let verdict = report.text("verdict")
        return .group([
            Parts.facts([
                (
                    L("结论", "Verdict"),
                    Parts.badge(Shown.meaning("verdict", of: report), verdict == "conforming" ? .fine : .grave)
                ),
                (L("编号", "Number"), Shown.value("no", of: report)),
                (L("出具日期", "Issued on"), Shown.value("issued_on", of: report)),
                (
                    L("有效期至", "Valid to"),
                    .group([
                        Shown.value("valid_to", of: report), " ",
                        isValid ? Parts.badge(L("有效", "valid"), .fine) : Parts.badge(L("已过期", "expired"), .grave),
                    ])
                ),
                (L("接收人", "Taken in by"), .text(view.author(of: report))),
                (L("理由", "Reasons"), Shown.value("reasons", of: report)),
            ]),
            Parts.table(
                L("逐人结果", "Per member"), [L("成员", "Member"), L("结论", "Verdict"), L("说明", "Detail")],
                rows: members(of: report)),
        ])
    }

    private func members(of report: Linked) -> [[HTML]] {
        let said = report.text("per_member").flatMap { JSONValue(text: $0) }
        guard case .array(let members)? = said else { return [] }
        let known = members.map { member in
            let id = member["id"]?.text ?? ""
            let verdict = member["verdict"]?.text ?? ""
            return [
                HTML.text(view.names[id] ?? member["name"]?.text ?? id),
                Parts.badge(
                    verdict == "conforming" ? L("符合", "conforms") : L("不符合", "does not conform"),
                    verdict == "conforming" ? .fine : .grave),
                HTML.text(member["reasons"]?.text ?? member["detail"]?.text ?? ""),
            ]
        }
        let covered = Set(report.elements("members"))
        let left = file.checkedMembers.filter { !covered.contains($0.record.id.description) }
        return known
            + left.map { [.text($0.text("name") ?? "-"), Parts.badge(L("未核对", "not checked"), .grave), .text("R65")] }
    }

    private func ask(_ requests: [Linked]) -> HTML {
        .group([
            requests.last.map { last in
                Tag.p {
                    L("最近一次请求：", "Last request: ") + (last.day("requested_at")?.description ?? "-") + " "
                    view.author(of: last) + " "
                    Parts.link(
                        L("请求文件（送核对平台）", "The file for the platform"),
                        view.link("checks", last.record.id.description))
                }
            } ?? .empty,
            file.validAuthorisation == nil
                ? CaseParts.reasons([.init(CaseRule(25), Label(zh: "缺有效的授权委托书，不能核对", en: "no valid authorisation"))])
                : Parts.form(
                    view.link("checks"), view.request, seen: view.seq,
                    submit: requests.isEmpty ? L("发起核对", "Request the check") : L("重新发起核对", "Request it again"),
                    style: requests.isEmpty ? .primary : .button),
            Tag.p { Parts.link(L("读入平台发回的报告", "Take in what the platform sent"), Link("checks")) },
        ])
    }
}

/// Files of a case's papers.
struct CaseFiles {
    let view: CaseView

    /// Formats that a browser shows without running anything.
    static let shown: Set<String> = ["image/jpeg", "image/png", "image/webp"]

    func thumbnails(of record: Linked) -> HTML {
        let files = view.attachments[record.record.id] ?? []
        guard !files.isEmpty else { return .empty }
        return Tag.div(.class(.evidence)) {
            for file in files { one(file) }
        }
    }

    private func one(_ file: Attachment) -> HTML {
        let name = file.name.isEmpty ? L("附件", "File") : file.name
        guard file.arrivedAt != nil else {
            return Tag.span(.class(.hint), text: name + L("（文件还没有到）", " (has not arrived)"))
        }
        let link = Link("blobs", file.sha256.description)
        guard Self.shown.contains(file.mediaType) else { return Parts.link(name, link) }
        return Tag.a(.href(link)) { Tag.img(.src(link), .alt(name)) }
    }
}

extension JSONValue {
    /// The one document of a text; `nil` for anything else.
    init?(text: String) {
        guard let documents = try? JSONParser.documents(Array(text.utf8)), documents.count == 1 else { return nil }
        self = documents[0]
    }
}

extension StyleClass {
    static let button = Self("button")
}
