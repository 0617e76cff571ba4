import Assistance
import CommandSupport
import Markup
import SyncEngine

/// What the applicant is asked to bring, and what not: the policy's list, and nothing besides (R37, R38).
struct CaseProofsPart {
    let view: CaseView
    private var file: CaseFile { view.file }

    var body: HTML {
        let asked = file.all("proof_request")
        let listed = file.pack?.proofs(of: file.programme) ?? []
        guard !asked.isEmpty || !listed.isEmpty else { return .empty }
        let open = listed.filter { proof in !proof.isShared && !asked.contains { $0.text("code") == proof.code } }
        return Parts.panel(L("申请人提供的材料", "What the applicant brings"), id: "proofs") {
            if asked.isEmpty { Tag.p(.class(.empty), text: L("没有要求提供材料", "Nothing was asked for")) }
            for request in asked { row(request, listed) }
            if view.isWorker, !open.isEmpty { ask(for: open) }
            let shared = listed.filter(\.isShared)
            if !shared.isEmpty {
                Parts.note(
                    L("共享获取、不用带的：", "Shared, not to be brought: ")
                        + shared.map { $0.label.text() }.joined(separator: L("、", ", ")))
            }
        }
    }

    private func row(_ request: Linked, _ listed: [PolicyProof]) -> HTML {
        let id = request.record.id.description
        let code = request.text("code") ?? ""
        let name = listed.first { $0.code == code }?.label.text() ?? code
        let brought = request.day("brought_on")
        return Tag.div(.class(.step)) {
            Tag.p {
                Parts.link(name, Link("records", id))
                " " + L("要求于 ", "asked for on ") + (request.day("asked_on")?.description ?? "-") + " "
                Parts.badge(
                    brought.map { L("已提供 \($0)", "brought on \($0)") } ?? L("未提供", "not brought"),
                    brought == nil ? .soon : .fine)
            }
            if brought == nil {
                CaseParts.forWorkers(view) {
                    CaseParts.fold(L("登记已提供", "It was brought"), id: "brought-\(id)") {
                        Parts.form(
                            view.link("proofs", id), view.request, seen: view.seq, submit: L("登记", "Record")
                        ) {
                            Parts.field(
                                "brought_on", L("提供日期", "Brought on"), type: .date,
                                value: view.request.now.day.description, key: id, isRequired: true)
                        }
                    }
                }
            }
        }
    }

    private func ask(for proofs: [PolicyProof]) -> HTML {
        CaseParts.fold(L("要求提供材料", "Ask for a proof"), id: "ask-proof") {
            Parts.form(view.link("proofs"), view.request, seen: view.seq, submit: L("登记要求", "Record it")) {
                Parts.select(
                    "code", L("材料", "Proof"), options: proofs.map { ($0.code, $0.label.text()) }, key: "proof-")
                Parts.field("why", L("原因", "Why"), key: "proof-", limit: 500)
            }
        }
    }
}
