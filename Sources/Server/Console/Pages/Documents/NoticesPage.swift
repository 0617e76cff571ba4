import Assistance
import CommandSupport
import Markup
import SyncEngine

/// What hangs in the villages, what is to be posted, taken down and delivered, with the evidence (R21, R31).
struct NoticesPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/notices") { console, request in .page(try NoticesPage(console, request)) }
    ]

    /// Rows of each list, at most.
    static let rows = 200

    struct Posted: Sendable {
        let file: CaseFile
        let notice: Linked
        let photos: [Attachment]
    }

    let seq: Seq
    let now: Instant
    let isWorker: Bool
    let village: String?
    let tasks: [DueTask]
    let posted: [Posted]

    init(_ console: Console, _ request: ConsoleRequest) throws {
        now = request.now
        isWorker = Permission.work.isGiven(to: request.person.role)
        let village = request.query["village"].map { $0.trimmingWhitespace() }.flatMap { $0.isEmpty ? nil : $0 }
        self.village = village
        let (tasks, cases) = try console.township.ledger.read { reader in
            let tasks = try [DueTask.Kind.postNotice, .removeNotice, .deliverLetter].flatMap { kind in
                var filter = LedgerReader.TaskFilter()
                (filter.village, filter.kind) = (village, kind)
                return try reader.tasks(filter, limit: Self.rows)
            }
            var filter = LedgerReader.CaseFilter()
            (filter.village, filter.status) = (village, .publicised)
            return (tasks, try reader.cases(filter, limit: Self.rows))
        }
        self.tasks = tasks
        (seq, posted) = try console.read { database, seq in
            let records = try CaseReader(console.township, in: database)
            let posted = try cases.compactMap { entry -> Posted? in
                let file = try records.file(entry.application.description, at: request.now)
                guard let notice = file.publicity else { return nil }
                // What has run its time waits to be taken down, and is listed there.
                if let last = file.postedThrough, last < request.now.day { return nil }
                let photos = try records.dependents(of: notice.record).compactMap { Attachment($0) }
                return Posted(file: file, notice: notice, photos: photos.filter { $0.arrivedAt != nil })
            }
            return (seq, posted)
        }
    }

    var title: String { L("公示和告知", "Notices") }

    /// `seq`, `tasks` as `tasks --json` states them, `posted` [`notice`, `application`, `village`, `from`, `to`, `place`,
    /// `postedEvidence`, `photos`].
    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))),
            ("tasks", .array(tasks.map { $0.document(at: now, text: $0.kind.label.text()) })),
            (
                "posted",
                .array(
                    posted.map { one in
                        .object([
                            ("notice", .string(one.notice.record.id.description)),
                            ("application", .string(one.file.application.record.id.description)),
                            ("village", .string(one.file.application.record.scope.code)),
                            ("from", JSONValue(one.notice.value("from"))),
                            ("to", one.file.postedThrough.map { .string($0.description) } ?? .null),
                            ("place", JSONValue(one.notice.value("place"))),
                            (
                                "postedEvidence",
                                .array(one.notice.elements("posted_evidence").map(JSONValue.string))
                            ),
                            ("photos", .array(one.photos.map { .string($0.sha256.description) })),
                        ])
                    })
            ),
        ])
    }

    // MARK: - For people

    func body() -> HTML {
        .group([
            Tag.form(.class(.filters), .action(Link("notices")), .method(.get)) {
                Shown.villageChoice(village ?? "")
                Tag.div(.class(.buttons)) { Tag.button(.type(.submit), .class(.primary), text: L("查看", "Show")) }
                if isWorker {
                    Parts.link(
                        L("成批出公示单", "Public notices in a batch"),
                        Link("documents", "batch", query: [("code", "public_notice"), ("village", village)]))
                }
            },
            list(.postNotice), list(.removeNotice), list(.deliverLetter),
            Parts.panel(L("正在公示", "Posted now"), id: "posted") {
                Parts.table(
                    L("正在公示", "Posted now"),
                    [
                        L("村居", "Village"), L("户编号", "Household"), L("项目", "Programme"), L("地点", "Place"),
                        L("起", "From"), L("止", "To"), L("张贴凭证", "Evidence"),
                    ], rows: posted.map(row))
            },
        ])
    }

    private func list(_ kind: DueTask.Kind) -> HTML {
        let tasks = tasks.filter { $0.kind == kind }
        return Parts.panel(kind.label.text() + L("（\(tasks.count)）", " (\(tasks.count))"), id: kind.rawValue) {
            Parts.table(
                kind.label.text(),
                [L("到期", "Due"), L("村居", "Village"), L("户编号", "Household"), L("项目", "Programme"), L("申请", "Case")],
                rows: tasks.map { task in
                    [
                        due(task), Shown.village(task.village.code), .text(task.number ?? "-"),
                        .text(task.programme?.label.text() ?? "-"),
                        task.application.map {
                            Parts.link(L("打开", "open"), Link("cases", $0.description))
                        } ?? .empty,
                    ]
                })
        }
    }

    private func due(_ task: DueTask) -> HTML {
        let days = task.daysLate(at: now)
        return .group([
            .text(CaseClocks.text(task.due)), " ",
            task.isLate(at: now)
                ? Parts.badge(days > 0 ? L("超期 \(days) 天", "\(days) days late") : L("已超期", "late"), .late) : .empty,
        ])
    }

    private func row(_ one: Posted) -> [HTML] {
        let evidence = one.notice.elements("posted_evidence")
        return [
            Shown.village(one.file.application.record.scope.code),
            Parts.link(
                one.file.home?.text("number") ?? "-", Link("cases", one.file.application.record.id.description)),
            .text(one.file.programme?.label.text() ?? "-"), Shown.value("place", of: one.notice),
            Shown.value("from", of: one.notice), .text(one.file.postedThrough?.description ?? "-"),
            .group(
                [
                    evidence.isEmpty
                        ? Parts.badge(L("缺", "missing"), .soon) : .text(evidence.joined(separator: L("、", ", ")))
                ]
                    + one.photos.map { photo in
                        .group([" ", Parts.link(L("照片", "photo"), Link("blobs", photo.sha256.description))])
                    }),
        ]
    }
}
