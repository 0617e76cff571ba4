import CommandSupport
import Markup
import SyncEngine

/// What went on in the night: the township's own job, its backup, and the villages' syncs; each with what to do.
extension TodayPage {
    private var findings: [Upkeep.Finding] { today.upkeep.findings(at: request.now) }

    /// What cannot wait stands above everything else.
    var damage: HTML {
        .group(findings.filter(\.isGrave).map { Parts.note($0.message.text(), .grave) })
    }

    var upkeep: HTML {
        Parts.panel(L("夜间任务和备份", "Nights and backups"), id: "upkeep") {
            .group(findings.filter { !$0.isGrave }.map { Parts.note($0.message.text(), .soon) })
            Parts.facts([
                (L("夜间任务", "Night job"), night), (L("备份", "Backup"), backup),
                (L("各站夜间同步", "Stations' night"), stationsOfNight),
            ])
        }
    }

    private var night: HTML {
        guard let night = today.upkeep.night else { return .text(L("没有运行过", "never")) }
        return .group([
            Parts.time(night.at), .text(" "),
            night.isSound
                ? Parts.badge(L("完好，核对 \(night.sets) 项变更", "sound, \(night.sets) sets checked"), .fine)
                : Parts.badge(L("不完好", "damaged"), .grave),
        ])
    }

    private var backup: HTML {
        guard let backup = today.upkeep.backup else { return .text(L("没有备份过", "never")) }
        let size = max(1, backup.bytes / 1_048_576)
        return .group([
            Parts.time(backup.at),
            .text(
                L(
                    "，截至序号 \(backup.seq)，\(size) MiB，写完后已逐字节读回核对",
                    ", up to seq \(backup.seq), \(size) MiB, read back byte by byte")),
        ])
    }

    private var stationsOfNight: HTML {
        let missed = today.missedNight
        let inUse = today.stations.filter(\.isInUse).count
        let unheard = today.stations.filter { $0.isInUse && $0.device.lastSeen == nil }.count
        guard !missed.isEmpty else {
            if inUse == 0 { return .text(L("还没有工作站电脑", "there is no station yet")) }
            if unheard > 0 {
                return .text(
                    L(
                        "共 \(inUse) 台工作站电脑，其中 \(unheard) 台登记后还没有同步过",
                        "\(inUse) stations, \(unheard) of them have not synced since they were enrolled"))
            }
            return .text(L("昨夜 \(inUse) 台工作站电脑都来过", "all \(inUse) stations came last night"))
        }
        let names = missed.prefix(3).map(\.device.staff).joined(separator: L("、", ", "))
        return .group([
            .text(
                L(
                    "昨夜 \(missed.count) 台工作站电脑没有来（共 \(inUse) 台）：\(names)\(missed.count > 3 ? " 等" : "")。请打电话问：电脑是否开着、能不能上网，并请其同步一次。",
                    "\(missed.count) of \(inUse) stations did not come last night: \(names)\(missed.count > 3 ? " …" : ""). Call them: is the computer on and connected? Ask them to sync. "
                )),
            Parts.link(L("全部工作站电脑", "All stations"), Link("stations")),
        ])
    }

    /// `night`, `backup`, `missedNight`, `findings` in words.
    var upkeepDocument: JSONValue {
        .object([
            ("night", today.upkeep.night?.document ?? .null), ("backup", today.upkeep.backup?.document ?? .null),
            ("missedNight", .array(today.missedNight.map { .string($0.device.state.id.description) })),
            (
                "findings",
                .array(
                    findings.map {
                        .object([("message", .string($0.message.text())), ("grave", .bool($0.isGrave))])
                    })
            ),
        ])
    }
}
