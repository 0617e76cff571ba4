import Assistance
import CommandSupport
import Markup
import SyncEngine

/// The registers: what each is for, and how much of it waits.
struct RegistersPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/registers") { console, request in
            let tables = console.township.database.tables
            return try console.page { database, seq in
                RegistersPage(
                    seq: seq, request: request,
                    lines: try Register.all.map { register in
                        let list = RegisterList(register: register, tables: tables, database: database)
                        return (register, try list.counts(on: request.now.day))
                    })
            }
        }
    ]

    let seq: Seq
    let request: ConsoleRequest
    let lines: [(register: Register, counts: RegisterList.Counts?)]

    var title: String { L("登记簿", "Registers") }

    /// `seq`, `registers` [`register`, `title`, `purpose`, `rules`, `open`, `overdue`, `mayEnter`].
    var json: JSONValue {
        .object([
            ("seq", .int(Int64(seq))),
            (
                "registers",
                .array(
                    lines.map { register, counts in
                        .object([
                            ("register", .string(register.name)), ("title", .string(register.label.text())),
                            ("purpose", .string(Self.purpose(of: register))),
                            ("rules", .array(register.rules.map { .string($0.code) })),
                            ("open", counts.map { .int(Int64($0.open)) } ?? .null),
                            ("overdue", counts.map { .int(Int64($0.overdue)) } ?? .null),
                            ("mayEnter", .bool(register.isWritten && register.mayEnter(request.person))),
                        ])
                    })
            ),
        ])
    }

    func body() -> HTML {
        .group([
            Parts.note(
                L(
                    "办件之外的工作记在这里。没有删除，只有办结；内容不全可以先保存，再补填。",
                    "What surrounds the cases is kept here. Nothing is deleted, a matter is closed; what is missing may be completed later."
                )),
            Parts.table(
                title,
                [
                    L("登记簿", "Register"), L("用途", "What for"), L("职责", "Obligations"), L("未办结", "Open"),
                    L("逾期", "Overdue"), L("登记", "Enter"),
                ],
                rows: lines.map { row($0.register, $0.counts) }, numbers: [3, 4], stacks: true),
        ])
    }

    private func row(_ register: Register, _ counts: RegisterList.Counts?) -> [HTML] {
        [
            Parts.link(register.label.text(), Link("registers", register.name)), .text(Self.purpose(of: register)),
            Tag.span(
                .title(register.rules.map { $0.label.text() }.joined(separator: "\n")),
                text: register.rules.map(\.code).joined(separator: " ")),
            counts.map { waiting($0.open, .open, of: register) } ?? .empty,
            counts.map { register.waiting?.due == nil ? .empty : waiting($0.overdue, .overdue, of: register) }
                ?? .empty,
            register.isWritten && register.mayEnter(request.person)
                ? Tag.a(
                    .href(Link("registers", register.name, "new")),
                    .ariaLabel(L("新增：", "New: ") + register.label.text()), text: L("新增", "New")) : .empty,
        ]
    }

    private func waiting(_ count: Int, _ state: RegisterList.State, of register: Register) -> HTML {
        guard count > 0 else { return .text("0") }
        return Tag.a(
            .href(Link(["registers", register.name], query: [("state", state.rawValue)])),
            .ariaLabel("\(register.label.text()) \(state.label.text()) \(count)"),
            state == .overdue ? .class(.late) : nil, text: String(count))
    }

    private static func purpose(of register: Register) -> String { purposes[register.name]?.text() ?? "" }

    private static let purposes: [String: Label] = [
        "guidance": Label(zh: "区、镇的业务指导和实地回访，意见是否落实", en: "Guidance and visits, and whether the advice was followed"),
        "finding": Label(zh: "台账核查、抽查发现的问题，整改到销号", en: "What checks found, until it is put right"),
        "escalation": Label(zh: "向上级报送的问题和答复", en: "Problems put to those above, with their reply"),
        "publicity": Label(zh: "政策宣传和公开，各村次数", en: "How policy was made known, village by village"),
        "staff": Label(zh: "专职人员、社工岗位、购买服务、村协理员", en: "Full-time staff, bought services, village assistants"),
        "transfer_slip": Label(zh: "一门受理后转给其他部门的事项和反馈", en: "What was passed on to other departments, and their reply"),
        "station": Label(zh: "各村社会救助工作站", en: "The villages' stations"),
        "stipend": Label(zh: "岗位补贴的发放", en: "Stipends paid"),
        "training": Label(zh: "培训和到训情况", en: "Trainings, and who came"),
        "sample_check": Label(zh: "按随机种子抽户核查", en: "Spot checks drawn by a seed"),
        "sampled_household": Label(zh: "抽到的住户和核查结果", en: "The households drawn, and the results"),
        "complaint": Label(zh: "投诉举报的受理和处理结果", en: "Complaints and what came of them"),
        "commitment": Label(zh: "申请人签的承诺，是否违背", en: "What applicants promised, and whether they broke it"),
        "dishonesty": Label(zh: "失信行为的认定", en: "Dishonesty: facts, hearing, decision"),
        "joint_sanctions": Label(zh: "批准推送的失信名单（已遮盖）", en: "What is approved to leave the township, masked"),
        "enquiry": Label(zh: "群众咨询和答复", en: "Questions of the public, and their answers"),
    ]
}

extension Register {
    /// Whether somebody at the desk may write it (R1: the district supervises, and decides nothing about cases).
    func mayEnter(_ person: Person) -> Bool { permission.isGiven(to: person.role) }

    var permission: Permission { isSupervision ? .register : .work }
}

extension RegisterList.State {
    var label: Label {
        switch self {
        case .open: Label(zh: "未办结", en: "open")
        case .overdue: Label(zh: "逾期", en: "overdue")
        }
    }
}
