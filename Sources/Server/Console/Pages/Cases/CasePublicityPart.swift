import Assistance
import CommandSupport
import Markup
import SyncEngine

/// Public notices and letters: where, from when to when, with the evidence (R21, R28, R31, R42, R43).
struct CasePublicityPart {
    let view: CaseView
    private var file: CaseFile { view.file }

    var body: HTML {
        Parts.panel(L("公示和告知", "Notices"), id: "notices") {
            let notices = file.all("notice")
            if notices.isEmpty { Tag.p(.class(.empty), text: L("还没有公示或告知", "No notice yet")) }
            for notice in notices.reversed() { show(notice) }
            CaseParts.forWorkers(view) { issue }
        }
    }

    private func show(_ notice: Linked) -> HTML {
        let isPosted = notice.text("kind") == "publicity"
        return Tag.article(.class(.step)) {
            Parts.facts([
                (L("类别", "Kind"), .text(Shown.meaning("kind", of: notice))),
                (L("地点", "Place"), Shown.value("place", of: notice)),
                (L("起", "From"), Shown.value("from", of: notice)), (L("止", "To"), end(of: notice)),
                (L("监督电话", "Hotline"), Shown.value("hotline", of: notice)),
                (L("送达日期", "Delivered on"), Shown.value("delivered_on", of: notice)),
                (L("出具人", "Issued by"), .text(view.author(of: notice))),
                (L("内容", "Text"), Shown.value("text", of: notice)),
                (L("张贴凭证", "Evidence of posting"), evidence("posted_evidence", of: notice, isNeeded: isPosted)),
                (L("撤除凭证", "Evidence of removal"), evidence("removed_evidence", of: notice, isNeeded: isDue(notice))),
            ])
            CaseFiles(view: view).thumbnails(of: notice)
            CaseParts.forWorkers(view) { complete(notice, isPosted: isPosted) }
        }
    }

    private func end(of notice: Linked) -> HTML {
        guard notice.record.id == file.publicity?.record.id, let last = file.postedThrough else {
            return Shown.value("to", of: notice)
        }
        let isOver = file.today > last
        return .group([
            .text(last.description + " "),
            isOver ? Parts.badge(L("已期满", "has run its time"), .fine) : Parts.badge(L("公示中", "hangs"), .mild),
        ])
    }

    private func isDue(_ notice: Linked) -> Bool {
        notice.text("kind") == "publicity" && notice.day("to").map { file.today > $0 } ?? false
    }

    private func evidence(_ field: String, of notice: Linked, isNeeded: Bool) -> HTML {
        let evidence = notice.elements(field)
        if evidence.isEmpty { return isNeeded ? Parts.badge(L("缺", "missing"), .soon) : .empty }
        return .text(evidence.joined(separator: L("、", ", ")))
    }

    private static var photoHelp: String {
        L(
            "写照片的名称或编号、谁拍的、哪天拍的，例如“公示栏照片1 王秀英 11月26日”。照片由协理员在村里附到这份公示上，同步后显示在上面。",
            "Name the photo, who took it and when, as “board 1, Wang Xiuying, 26 Nov”. The assistant attaches the photo to this notice in the village; after a sync it is shown above."
        )
    }

    private func complete(_ notice: Linked, isPosted: Bool) -> HTML {
        let id = notice.record.id.description
        let today = view.request.now.day.description
        return CaseParts.fold(
            isPosted ? L("补记张贴、撤除", "Record posting or removal") : L("登记送达", "Record the delivery"), id: "notice-\(id)"
        ) {
            Parts.form(view.link("notices", id), view.request, seen: view.seq, submit: L("登记", "Record")) {
                if isPosted {
                    Parts.field(
                        "posted_evidence", L("张贴凭证：哪张照片", "Evidence of posting: which photo"), key: id,
                        help: Self.photoHelp, limit: 200)
                    Parts.field(
                        "removed_evidence", L("撤除凭证：哪张照片", "Evidence of removal: which photo"), key: id,
                        help: L("期满撤下后填写，写法同上。", "Once it has been taken down; written the same way."), limit: 200)
                } else {
                    Parts.field(
                        "delivered_on", L("送达日期", "Delivered on"), type: .date, value: today, key: id, isRequired: true)
                }
            }
        }
    }

    private var issue: HTML {
        let kinds = [
            ("publicity", L("公示单", "public notice")), ("adjustment", L("调整（停发）告知书", "letter of a change")),
            ("rejection", L("不予批准告知书", "letter of rejection")),
            ("check_failure", L("核对不符告知书", "letter of a failed check")),
        ]
        return CaseParts.fold(L("出公示单或告知书", "Issue a notice or a letter"), id: "issue") {
            Parts.form(view.link("notices"), view.request, seen: view.seq, submit: L("出具", "Issue")) {
                Parts.select("kind", L("类别", "Kind"), options: kinds, value: likely, key: "issue-")
                Parts.field(
                    "place", L("张贴地点", "Place"), value: L("村（居）委会公示栏", "the village's board"), key: "issue-", limit: 200
                )
                Parts.field(
                    "hotline", L("监督电话", "Hotline"), value: hotline?.source == .demo ? "" : hotline?.number ?? "",
                    key: "issue-",
                    help: hotline?.source == .demo
                        ? L(
                            "公示单要印本镇街的监督电话。政策包里还是演示号码，请技术人员改成真的，以后就会自动填好。",
                            "A public notice carries the township's own. The policy pack's is made up: once the real one stands there, it is filled in by itself."
                        ) : nil, limit: 40)
                Parts.textarea("text", L("内容", "Text"), key: "issue-")
            }
            Parts.note(
                L(
                    "公示自今天起，不得倒签；期限按政策包，监督电话不改就按政策包。",
                    "It begins today and is not dated back; length is the pack's, and so is the hotline unless you change it."
                ))
        }
    }

    private var hotline: PolicyHotline? { file.pack?.hotline }

    private var likely: String {
        switch file.all("decision").last?.text("result") {
        case "approved": "publicity"
        case "rejected": "rejection"
        case nil: "check_failure"
        default: "adjustment"
        }
    }
}

/// Objections to what is posted, and the democratic review that answers each (R30, R32).
struct CaseObjectionPart {
    let view: CaseView
    private var file: CaseFile { view.file }

    var body: HTML {
        guard file.publicity != nil || !file.all("objection").isEmpty else { return .empty }
        return Parts.panel(L("异议和民主评议", "Objections and democratic review"), id: "objections") {
            let objections = file.all("objection")
            if objections.isEmpty {
                Tag.p(.class(.empty), text: L("没有异议；没有异议不开展民主评议（R30）", "None: no review is held (R30)"))
            }
            for objection in objections { show(objection) }
            CaseParts.forWorkers(view) { record }
        }
    }

    private func show(_ objection: Linked) -> HTML {
        let review = file.all("democratic_review").last { $0.value("objection").recordID == objection.record.id }
        let isOpen = file.openObjections.contains { $0.record.id == objection.record.id }
        return Tag.article(.class(.step)) {
            Tag.p {
                Tag.strong(text: objection.text("by") ?? L("匿名", "anonymous"))
                " \(objection.day("at")?.description ?? "-") "
                if isOpen {
                    Parts.badge(L("待民主评议", "awaits the review"), .soon)
                } else if review == nil {
                    Parts.badge(L("不在公示期内", "not made while it hung"), .mild)
                }
                Tag.small(text: L("记录人：", "Recorded by: ") + view.author(of: objection))
            }
            Tag.p(text: objection.text("text") ?? "")
            if let review { show(review: review) }
            if isOpen { CaseParts.forWorkers(view) { hold(objection) } }
        }
    }

    private func show(review: Linked) -> HTML {
        Parts.facts([
            (
                L("评议结果", "Result"),
                Parts.badge(Shown.meaning("result", of: review), review.text("result") == "upheld" ? .fine : .grave)
            ),
            (L("评议日期", "Held on"), Shown.value("held_on", of: review)),
            (L("参加人", "Attendees"), .text(review.elements("attendees").joined(separator: L("、", ", ")))),
            (
                L("票数", "Votes"),
                .text(
                    L("同意 ", "for ") + String(review.number("votes_for") ?? 0) + L("，反对 ", ", against ")
                        + String(review.number("votes_against") ?? 0))
            ),
            (L("记录", "Record"), Shown.value("record", of: review)),
            (L("填写人", "Written by"), .text(view.author(of: review))),
        ])
    }

    private func hold(_ objection: Linked) -> HTML {
        let id = objection.record.id.description
        return CaseParts.fold(L("登记民主评议", "Record the review"), id: "review-\(id)") {
            Parts.form(view.link("reviews"), view.request, seen: view.seq, submit: L("登记评议", "Record the review")) {
                Tag.input(.type(.hidden), .name("objection"), .value(id))
                Parts.field(
                    "held_on", L("评议日期", "Held on"), type: .date, value: view.request.now.day.description, key: id,
                    isRequired: true)
                Parts.textarea(
                    "attendees", L("参加人（一行一位）", "Attendees (one a line)"), key: id, isRequired: true, rows: 4)
                Parts.field("votes_for", L("同意票", "Votes for"), type: .number, key: id, isRequired: true)
                Parts.field("votes_against", L("反对票", "Votes against"), type: .number, key: id, isRequired: true)
                Parts.textarea("record", L("评议记录", "Record"), key: id, isRequired: true, rows: 4)
                Parts.select(
                    "result", L("结果", "Result"),
                    options: [("upheld", L("维持", "upheld")), ("revoked", L("撤销", "revoked"))], key: id)
            }
        }
    }

    private var record: HTML {
        CaseParts.fold(L("登记异议", "Record an objection"), id: "new-objection") {
            Parts.form(view.link("objections"), view.request, seen: view.seq, submit: L("登记", "Record")) {
                Parts.field("by", L("提出人（可匿名）", "By (may be anonymous)"), key: "objection-", limit: 64)
                Parts.field(
                    "at", L("提出日期", "On"), type: .date, value: view.request.now.day.description, key: "objection-",
                    isRequired: true)
                Parts.textarea("text", L("内容", "Text"), key: "objection-", isRequired: true, rows: 3)
            }
        }
    }
}

/// Whether the file is complete (R18, R46).
struct CaseArchivePart {
    let view: CaseView

    var body: HTML {
        guard let archive = view.archive else { return .empty }
        return Parts.panel(L("档案", "File"), id: "archive") {
            Tag.p {
                Parts.badge(
                    archive.verdict.text(), archive.isComplete ? archive.isUnderWay ? .mild : .fine : .soon)
            }
            CaseParts.fold(L("逐项查看", "Item by item"), id: "archive-items") {
                Parts.table(
                    L("档案目录", "The file"),
                    [L("材料", "Item"), L("依据", "Rule"), L("保管期限", "Kept"), L("现状", "State")],
                    rows: archive.items.map { item in
                        [
                            .text(item.label.text()), .text(item.rule.code), .text(item.retention.label.text()),
                            item.isPresent ? evidence(item) : Parts.badge(L("缺", "missing"), .soon),
                        ]
                    })
            }
        }
    }

    private func evidence(_ item: CaseArchive.Item) -> HTML {
        .group(
            item.evidence.map { found in
                switch found {
                case .record(_, let id), .attachment(let id):
                    .group([Parts.link(L("记录", "record"), Link("records", id.description)), " "])
                case .document(let serial, let id):
                    .group([Parts.link(serial, Link("documents", id.description)), " "])
                }
            })
    }
}
