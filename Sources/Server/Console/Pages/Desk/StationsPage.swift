import Assistance
import CommandSupport
import Markup
import RecordStore
import SyncEngine

/// The villages' stations: when each was last heard of, how far behind it is, what it waits for; a leader revokes one.
struct StationsPage: ConsolePage {
    static let routes: [ConsoleRoute] = [
        .get("/stations") { console, request in
            let now = console.township.clock()
            return try console.page { database, seq in
                let reader = StationReader(
                    tables: console.township.database.tables, database: database, now: now)
                return StationsPage(request: request, seq: seq, stations: try reader.stations())
            }
        },
        .post("/stations/{id}/revoke", .approve) { console, request in
            let act = try request.act(reason: try request.required("reason"))
            let (station, seq) = try StationDesk(township: console.township).revoke(try request.record(), act: act)
            return .done(
                Link("stations", query: [("done", seq.map { String($0) })]),
                .object([
                    ("device", .string(station.state.id.description)), ("revoked", .bool(true)),
                    ("seq", seq.map { .int(Int64($0)) } ?? .null),
                ]))
        },
    ]

    let request: ConsoleRequest
    let seq: Seq
    let stations: [StationReader.Station]

    var title: String { L("工作站电脑", "Stations") }
    var isLive: Bool { true }

    var json: JSONValue {
        .object([("seq", .int(Int64(seq))), ("stations", .array(stations.map(\.document)))])
    }

    static var headings: [String] {
        [
            L("协理员", "Assistant"), L("村居", "Village"), L("最近联系", "Last heard of"), L("状态", "State"),
            L("未确认下载", "Not confirmed"), L("附件未到", "Files not here"), L("被隔离", "Held back"), L("时钟超前", "Clock ahead"),
        ]
    }

    static let numbers: Set<Int> = [4, 5, 6, 7]

    static func cells(_ station: StationReader.Station) -> [HTML] {
        let device = station.device
        return [
            .text(device.staff), Shown.villages(device.state.scopes.map(\.code)),
            device.lastSeen.map(Parts.time) ?? .text(L("还没有", "never")), state(station), .text(String(station.lag)),
            count(station.waiting), count(station.quarantined), count(station.flagged),
        ]
    }

    private static func count(_ count: Int) -> HTML {
        count == 0 ? .text("0") : Parts.badge(String(count), .soon)
    }

    private static func state(_ station: StationReader.Station) -> HTML {
        if station.device.isStranger {
            return Parts.badge(L("已停用，恢复后的登记册里没有", "revoked, and not in the register that was restored"), .mild)
        }
        if station.device.state.isRevoked { return Parts.badge(L("已停用", "revoked"), .mild) }
        guard station.isSilent else { return Parts.badge(L("正常", "fine"), .fine) }
        let days = station.silentDays
        return Parts.badge(
            L("\(days) 天没有联系", "silent for \(days) days"), station.isLate ? .late : .soon)
    }

    func body() -> HTML {
        let mayRevoke = Permission.approve.isGiven(to: request.person.role)
        return .group([
            Parts.note(
                L(
                    "没有上传的工作只在工作站上：久未联系的，先打电话问清楚。“未确认下载”是它上次请求时还没取的变更数。",
                    "What a station has not sent is on it alone: call those not heard of. Not confirmed: sets of the log that it had not fetched when it last asked."
                )),
            Parts.table(
                title, Self.headings + (mayRevoke ? [L("停用", "Revoke")] : []),
                rows: stations.map { station in Self.cells(station) + (mayRevoke ? [revoke(station)] : []) },
                numbers: Self.numbers),
            mayRevoke ? .empty : Parts.note(L("停用工作站由负责人办理。", "The leader revokes stations.")),
            Tag.p { Parts.link(L("村居名称", "The villages' names"), Link("villages")) },
        ])
    }

    private func revoke(_ station: StationReader.Station) -> HTML {
        guard !station.device.state.isRevoked else { return .empty }
        let id = station.device.state.id.description
        return Tag.details(.id("revoke-\(id)")) {
            Tag.summary(text: L("停用…", "Revoke…"))
            Parts.form(
                Link("stations", id, "revoke"), request, seen: seq, submit: L("停用", "Revoke"), style: .danger
            ) {
                Parts.reason(
                    key: "\(id)-",
                    help: L("不能再上传下载；没上传的留在那台电脑上", "It can sync no more; what it has not sent stays on it"))
            }
        }
    }
}

extension StationReader.Station {
    /// What ``RegisteredDevice/document`` says, and `lag`, `silentDays`, `clockFlagged`, `quarantined`,
    /// `waitingAttachments`.
    var document: JSONValue {
        device.document.adding([
            ("lag", .int(Int64(lag))), ("silentDays", .int(silentDays)), ("clockFlagged", .int(Int64(flagged))),
            ("quarantined", .int(Int64(quarantined))), ("waitingAttachments", .int(Int64(waiting))),
        ])
    }
}
