import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// What is due and late, and what waits for a person, with a link to act.
struct TodayPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/today") { console, request in
            .page(
                TodayPage(request: request, today: try TodayReader(township: console.township).today()))
        }
    ]

    let request: ConsoleRequest
    let today: TodayReader.Today

    var seq: Seq { today.seq }
    var title: String { L("今日", "Today") + " " + request.now.day.description }
    var isLive: Bool { true }

    /// District and audit look on; they have nothing to do here.
    private var mayAct: Bool { Permission.work.isGiven(to: request.person.role) }

    func body() -> HTML {
        .group([
            damage,
            .group(today.policy.map { Parts.note($0.message.text(), .soon) }),
            Tag.ul(.class(.cards)) { .group(cards) },
            toSign, supervision, late, next, stations, upkeep,
        ])
    }

    // MARK: - Figures

    private var cards: [HTML] {
        let silent = today.silent.count
        let sign =
            isLeader ? [card("sign", L("待签批", "To sign"), today.toSignCount, .fragment("sign"), .soon)] : []
        return sign + [
            card("late", L("已超期", "Late"), today.lateCount, .fragment("late"), .late),
            card("clocks", L("时限将到", "Soon due"), today.warning, .fragment("next"), .soon),
            card(
                "conflicts", L("待决定的冲突", "Conflicts"), today.conflictCount, Link("conflicts"),
                today.graveCount > 0 ? .grave : .soon,
                note: today.graveCount > 0
                    ? L("其中身份、金额、账户 \(today.graveCount) 项", "\(today.graveCount) of identity, money, account") : nil),
            card("answered", L("村里已答复", "Answers from villages"), today.answered, Link("conflicts"), .mild),
            card(
                "quarantine", L("被隔离的变更", "Changes held back"), today.quarantined + today.refusedReports,
                Link("quarantine"),
                .soon),
            card("duplicates", L("疑似重复", "Duplicates"), today.duplicates, Link("duplicates"), .soon),
            card("registers", L("登记簿逾期", "Registers overdue"), today.entriesOverdue, Link("registers"), .late),
            card(
                "supervision", L("待整改、待落实", "To put right"), today.supervisionCount, .fragment("supervision"), .soon),
            card(
                "stations", L("久未联系的工作站电脑", "Stations not heard of"), silent, Link("stations"), .late,
                note: today.flagged > 0 ? L("时钟超前的变更 \(today.flagged) 次", "clock ahead in \(today.flagged) sets") : nil),
            card("files", L("附件未到", "Files not arrived"), today.waiting, Link("stations"), .soon),
        ]
    }

    /// - Parameter name: keeps the keyboard's place when the page is brought up to date.
    private func card(
        _ name: String, _ label: String, _ count: Int, _ link: Link, _ style: StyleClass, note: String? = nil
    ) -> HTML {
        Tag.li(count > 0 ? .class(.card, style) : .class(.card)) {
            Tag.a(.href(link), .id("card-\(name)")) {
                Tag.span(.class(.count), text: String(count))
                label
                if let note { Tag.small(.class(.note), text: note) }
            }
        }
    }

    // MARK: - Lists

    private var isLeader: Bool { request.person.role == .leader }

    private var toSign: HTML {
        guard isLeader, !today.toSign.isEmpty else { return .empty }
        return Parts.panel(L("待签批", "To sign"), id: "sign") {
            Parts.table(
                L("等您签批的", "What waits for your signature"),
                [L("事项", "What"), L("对象", "About"), L("村居", "Village"), L("金额（元）", "Yuan")],
                rows: today.toSign.map { one in
                    [
                        Parts.link(one.what.text(), Link(one.path, query: [])), .text(one.about ?? ""),
                        one.village.map(Shown.village) ?? .empty,
                        one.amountFen.map { .text(Yuan.text($0)) } ?? .empty,
                    ]
                }, numbers: [3])
            if today.toSignCount > today.toSign.count {
                Tag.p {
                    Parts.link(
                        L("全部待签批的办件", "All cases to sign"), Link("cases", query: [("awaits", "leader")]))
                }
            }
        }
    }

    /// What those who supervise found and advised, until it is put right and closed.
    private var supervision: HTML {
        guard !today.supervision.isEmpty else { return .empty }
        return Parts.panel(L("待整改、待落实", "To put right"), id: "supervision") {
            Parts.table(
                L("核查问题和指导意见", "Findings and guidance"),
                [L("登记簿", "Register"), L("内容", "What"), L("提出", "By"), L("期限", "By when")],
                rows: today.supervision.map { line in
                    let what = line.record.text("what") ?? line.record.text("topic")
                    let by = line.record.text("found_by") ?? line.record.text("visited_by")
                    let isLate = line.due.map { $0 < request.now.day } ?? false
                    return [
                        .text(line.register.label.text()),
                        Parts.link(
                            what ?? L("（未填内容）", "(nothing written)"),
                            Link("records", line.record.record.id.description)),
                        .text(by ?? ""),
                        Tag.span(isLate ? .class(.late) : nil, text: line.due?.description ?? ""),
                    ]
                })
            Tag.p {
                Parts.link(
                    L("全部核查问题", "All findings"), Link(["registers", "finding"], query: [("state", "open")]))
                " "
                Parts.link(
                    L("全部业务指导", "All guidance"), Link(["registers", "guidance"], query: [("state", "open")]))
            }
        }
    }

    private var late: HTML {
        Parts.panel(L("已超期", "Late"), id: "late") {
            if request.person.role == .leader, !today.late.isEmpty { byKind }
            tasks(today.lateTasks, L("超期的事", "Late tasks"), none: L("没有超期的", "Nothing is late"))
            more(today.lateCount, today.lateTasks.count)
        }
    }

    /// For who answers for it: how many of each kind.
    private var byKind: HTML {
        let kinds = DueTask.Kind.allCases.filter { today.late[$0] != nil }
        return Parts.table(
            L("按事项", "By kind"), [L("事项", "Task"), L("超期", "Late"), L("全部", "All")],
            rows: kinds.map { kind in
                [
                    .text(kind.label.text()), .text(String(today.late[kind] ?? 0)),
                    .text(String(today.tasks[kind] ?? 0)),
                ]
            }, numbers: [1, 2])
    }

    private var next: HTML {
        Parts.panel(L("接下来到期", "Due next"), id: "next") {
            tasks(today.nextTasks, L("接下来到期的事", "Tasks due next"), none: L("没有要办的事", "Nothing to do"))
            more(today.taskCount - today.lateCount, today.nextTasks.count)
        }
    }

    private func more(_ all: Int, _ shown: Int) -> HTML {
        guard all > shown else { return .empty }
        return Tag.p { Parts.link(L("全部办件", "All cases"), Link("cases")) }
    }

    private func tasks(_ tasks: [DueTask], _ caption: String, none: String) -> HTML {
        guard !tasks.isEmpty else { return Tag.p(.class(.empty), text: none) }
        let headings = [
            L("到期", "Due"), L("要办的事", "Task"), L("户编号", "Household"), L("村居", "Village"), L("项目", "Programme"),
            L("经办人", "Clerk"),
        ]
        let isLinked = mayAct
        return Parts.table(
            caption, headings,
            rows: tasks.map { task in
                let row = task.row(at: request.now)
                let place = task.kind.isVillage ? L("（村）", " (village)") : ""
                return [
                    Tag.span(task.isLate(at: request.now) ? .class(.late) : nil, text: row[0].text()),
                    act(task, row[1].text() + place, isLinked: isLinked), household(task, row[2].text()),
                    Shown.village(task.village.code),
                    .text(row[3].text()), .text(task.clerk ?? "-"),
                ]
            })
    }

    private func household(_ task: DueTask, _ name: String) -> HTML {
        task.household.map { Parts.link(name, Link("households", $0.description)) } ?? .text(name)
    }

    /// The task leads to where it is done.
    private func act(_ task: DueTask, _ text: String, isLinked: Bool) -> HTML {
        guard isLinked, let application = task.application else { return .text(text) }
        return Parts.link(text, Link("cases", application.description))
    }

    private var stations: HTML {
        let shown = today.silent.prefix(TodayReader.Limit.lines)
        guard !shown.isEmpty else { return .empty }
        return Parts.panel(L("久未联系的工作站电脑", "Stations not heard of"), id: "stations") {
            Parts.table(
                L("工作站电脑", "Stations"), StationsPage.headings, rows: shown.map { StationsPage.cells($0) },
                numbers: StationsPage.numbers)
            Tag.p { Parts.link(L("全部工作站电脑", "All stations"), Link("stations")) }
        }
    }
}

extension TodayPage {
    /// `seq`, `tasks` and `late` by kind, `lateTasks`, `nextTasks`, `clocks` {`warning`, `overdue`}, `conflicts` by what
    /// they are about, `answered`, `quarantined`, `refusedReports`, `duplicates`, `entriesOverdue`, `toSign`,
    /// `supervision`, `stations`, `waitingAttachments`, `policy`, `upkeep`.
    var json: JSONValue {
        func counts(_ counts: [DueTask.Kind: Int]) -> JSONValue {
            .object(
                DueTask.Kind.allCases.compactMap { kind in counts[kind].map { (kind.rawValue, .int(Int64($0))) } })
        }
        func tasks(_ tasks: [DueTask]) -> JSONValue {
            .array(tasks.map { $0.document(at: request.now, text: $0.kind.label.text()) })
        }
        return .object([
            ("seq", .int(Int64(seq))), ("day", .string(request.now.day.description)), ("tasks", counts(today.tasks)),
            ("late", counts(today.late)), ("lateTasks", tasks(today.lateTasks)), ("nextTasks", tasks(today.nextTasks)),
            (
                "clocks",
                .object([("warning", .int(Int64(today.warning))), ("overdue", .int(Int64(today.overdue)))])
            ),
            (
                "conflicts",
                .object(ConflictMatter.allCases.map { ($0.rawValue, .int(Int64(today.conflicts[$0] ?? 0))) })
            ),
            ("answered", .int(Int64(today.answered))), ("quarantined", .int(Int64(today.quarantined))),
            ("refusedReports", .int(Int64(today.refusedReports))), ("duplicates", .int(Int64(today.duplicates))),
            ("entriesOverdue", .int(Int64(today.entriesOverdue))),
            ("toSign", toSignDocument),
            (
                "supervision",
                .object([
                    ("open", .int(Int64(today.supervisionCount))),
                    (
                        "lines",
                        .array(
                            today.supervision.map {
                                .object([
                                    ("register", .string($0.register.name)),
                                    ("id", .string($0.record.record.id.description)),
                                    ("due", $0.due.map { .string($0.description) } ?? .null),
                                ])
                            })
                    ),
                ])
            ),
            ("stations", .array(today.stations.map(\.document))), ("waitingAttachments", .int(Int64(today.waiting))),
            ("policy", .array(today.policy.map { .string($0.message.text()) })), ("upkeep", upkeepDocument),
        ])
    }
}

extension TodayPage {
    /// `count`, `lines` [`kind`, `id`, `what`, `village`, `amountFen`].
    private var toSignDocument: JSONValue {
        .object([
            ("count", .int(Int64(today.toSignCount))),
            (
                "lines",
                .array(
                    today.toSign.map { one in
                        .object([
                            ("kind", .string(one.kind.rawValue)), ("id", .string(one.id.description)),
                            ("what", .string(one.what.text())),
                            ("village", one.village.map(JSONValue.string) ?? .null),
                            ("amountFen", one.amountFen.map(JSONValue.int) ?? .null),
                        ])
                    })
            ),
        ])
    }
}

extension StyleClass {
    static let note = Self("note")
}
