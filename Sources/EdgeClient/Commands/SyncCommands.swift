import ArgumentParser
import CommandSupport
import RecordStore
import SyncEngine

struct SyncCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "sync", abstract: L("与镇街同步一次", "Sync with the township once"),
            discussion: L(
                "退出码：0 完成，75 部分完成，69 连不上，77 被拒绝。未上传的内容始终保留。",
                "Exit codes: 0 complete, 75 partial, 69 unreachable, 77 refused. Unsent work is always kept."))
    }

    @OptionGroup var options: StationOptions
    @Flag(help: ArgumentHelp(L("夜间任务：错开时间、在时段内重试", "Night job: waits its turn, retries within a window"))) var nightly =
        false
    @Option(help: ArgumentHelp(L("夜间任务的时段（分钟）", "The night job's window, in minutes"))) var windowMinutes = 240.0
    @Option(help: ArgumentHelp(L("错开的最长时间（分钟）", "The longest wait before it begins, in minutes"))) var jitterMinutes =
        20.0

    func run() throws {
        let station = try options.station()
        _ = try station.membership()
        try station.checkFreeSpace()
        let bar = ProgressBar(label: L("同步", "Sync"))
        let files = ProgressBar(label: L("附件 KiB", "Attachments KiB"))
        defer {
            bar.finish()
            files.finish()
        }
        let result: SyncRun.Result
        if nightly {
            let job = NightJob(
                station: station, jitterSeconds: jitterMinutes * 60, windowSeconds: windowMinutes * 60,
                isWatched: StandardStream.errors.isTerminal && !options.output.isJSON, output: Diagnostics.say)
            result = try job.run()
        } else {
            var run = SyncRun(station: station)
            run.onProgress = { progress in
                bar.update(
                    completed: progress.pushed + progress.records,
                    total: progress.pushed + progress.records + progress.pending)
            }
            run.onBlobProgress = { done, total in files.update(completed: done / 1024, total: total / 1024) }
            result = try run.run()
        }
        files.finish()
        bar.finish()
        try report(result, station)
    }

    private func report(_ result: SyncRun.Result, _ station: Station) throws {
        let (cursor, digest, vanished, evidence) = try station.replica.read { transaction in
            (
                try transaction.position().cursor, try transaction.digestSum(), try transaction.vanished().count,
                try transaction.evidence()
            )
        }
        let counts = result.counts
        var document: [(String, JSONValue)] = [
            ("outcome", .string(result.outcome.rawValue)),
            (
                "pushed",
                .object([
                    ("sets", .int(Int64(counts.sets))), ("applied", .int(Int64(counts.applied))),
                    ("conflicted", .int(Int64(counts.conflicted))), ("quarantined", .int(Int64(counts.quarantined))),
                ])
            ),
            ("pulled", .object([("records", .int(Int64(counts.records)))])), ("cursor", .int(Int64(cursor))),
            ("digest", .string(digest.description)),
            (
                "bytes",
                .object([("sent", .int(result.traffic.sent)), ("received", .int(result.traffic.received))])
            ),
            ("seconds", .seconds(result.seconds)),
            (
                "blobs",
                .object([
                    ("arrived", .int(Int64(result.arrivedBlobs))), ("waiting", .int(Int64(result.waitingBlobs))),
                    ("lost", .int(Int64(result.lostBlobs))),
                ])
            ), ("vanished", .int(Int64(vanished))), ("evidence", .int(Int64(evidence.count(where: \.isOpen)))),
        ]
        let lost = result.lostBlobs == 0 ? [] : [LostBlobs.remark(result.lostBlobs)]
        let remarks = lost + VanishedDocument.remark(vanished) + HeadEvidence.remark(evidence)
        guard let problem = result.problem else {
            options.output.write(
                .object(document), text: ([text(result)] + remarks).joined(separator: "\n"))
            return
        }
        Diagnostics.detail(result.detail)
        if !options.output.isJSON, let reached = counts.reached(result.outcome) { Diagnostics.say(reached) }
        document.append(("error", Failure(problem).document))
        options.output.fail(problem, document: .object(document), code: result.outcome.exitCode)
    }

    private func text(_ result: SyncRun.Result) -> String {
        let counts = result.counts
        var lines = [
            L(
                "同步完成：上传 \(counts.sets) 项，下载 \(counts.records) 条记录。",
                "Synced: \(counts.sets) change sets up, \(counts.records) records down.")
        ]
        lines += counts.remarks
        if result.arrivedBlobs > 0 {
            lines.append(L("附件 \(result.arrivedBlobs) 个已到镇街。", "\(result.arrivedBlobs) attachments arrived."))
        }
        return lines.joined(separator: "\n")
    }
}

extension SyncSession.Counts {
    /// How far a sync came that did not come to its end; `nil` when it did nothing.
    func reached(_ outcome: SyncRun.Outcome) -> String? {
        guard sets > 0 || records > 0 else { return nil }
        let done = L(
            "到此为止：已上传 \(sets) 项，已下载 \(records) 条记录。", "So far: \(sets) change sets up, \(records) records down.")
        return outcome == .refused ? done : done + L("其余的下次同步接着做。", " The next sync goes on from here.")
    }

    /// What a person should look at after an exchange, with the command to run.
    var remarks: [String] {
        var lines: [String] = []
        if conflicted > 0 {
            lines.append(
                L(
                    "其中 \(conflicted) 项有冲突，镇街会处理（ruhu conflicts）。",
                    "\(conflicted) met a conflict; the township decides (ruhu conflicts)."))
        }
        if waiting > 0 {
            lines.append(
                L(
                    "其中 \(waiting) 项要等另一台电脑先同步，到时自动补上，不用更正。",
                    "\(waiting) wait for what another laptop still has to hand in; they apply by themselves then."))
        }
        if quarantined > waiting {
            lines.append(
                L(
                    "其中 \(quarantined - waiting) 项被退回，请更正（ruhu refused）。",
                    "\(quarantined - waiting) were refused; please amend them (ruhu refused)."))
        }
        return lines
    }
}

extension SyncRun.Outcome {
    var exitCode: ExitCode {
        switch self {
        case .complete: .done
        case .partial: .tryAgainLater
        case .unreachable: .unreachable
        case .refused: .notPermitted
        }
    }
}

struct StatusCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "status", abstract: L("本站概况：未上传、冲突、退回、上次同步", "This station at a glance"))
    }

    /// Nights that `status` shows.
    private static let nights = 7

    @OptionGroup var options: StationOptions

    func run() throws {
        let station = try options.station()
        let membership = try station.membership()
        let waiting = try BlobCarrier.waiting(in: station.replica, blobs: station.blobs, isOffered: false)
        let lost = try BlobCarrier.lost(in: station.replica, blobs: station.blobs).count
        let document = try station.replica.read { transaction in
            let position = try transaction.position()
            let pending = try transaction.outboxSets(OutboxFilter(.unsettled))
            let digests = try transaction.storedDigests()
            return JSONValue.object([
                ("station", .string(membership.station)), ("staff", .string(membership.staff)),
                ("server", .string(membership.url)),
                ("lastSync", try Meta.text("last_sync", in: transaction.database).map(JSONValue.string) ?? .null),
                ("pendingSets", .int(Int64(pending.count))),
                ("pendingFields", .int(Int64(pending.flatMap(\.sealed.set.changes).map(\.edits.count).reduce(0, +)))),
                (
                    "conflicts",
                    .int(
                        Int64(
                            try transaction.tables.conflicts(in: transaction.database, includeClosed: false).count))
                ),
                ("quarantined", .int(Int64(try transaction.outboxSets(OutboxFilter(.refused)).count))),
                ("vanished", .int(Int64(try transaction.vanished().count))),
                ("waitingBlobs", .int(Int64(waiting.count))),
                ("waitingBytes", .int(Int64(waiting.map(\.size).reduce(0, +)))),
                ("lostBlobs", .int(Int64(lost))),
                ("nights", .array(try transaction.nights(limit: Self.nights).map(\.document))),
                ("scopes", .array(position.scopes.map { Self.row(of: $0, digests: digests) })),
                ("cursor", .int(Int64(position.cursor))),
                ("digest", .string(try transaction.digestSum().description)),
                ("device", .string(position.device.description)), ("epoch", .string(position.epoch.description)),
                ("treeHead", try transaction.treeHeads().last.map(\.document) ?? .null),
                ("evidence", .array(try transaction.evidence().map(\.document))),
            ])
        }
        options.output.write(document, text: StatusWords.outline(document))
    }

    private static func row(of scope: Scope, digests: [ScopeDigest]) -> JSONValue {
        let inside = digests.filter { scope.covers($0.scope) }
        return .object([
            ("scope", .string(scope.code)), ("records", .int(Int64(inside.map(\.records).reduce(0, +)))),
            ("digest", .string(inside.map(\.digest).reduce(RecordDigest(), +).description)),
        ])
    }
}

extension Night {
    var document: JSONValue {
        .object([
            ("startedAt", .string(startedAt.description)), ("endedAt", .string(endedAt.description)),
            ("outcome", .string(outcome)), ("detail", .string(detail)),
        ])
    }
}

extension ReplicaTransaction {
    /// The sum over the station's scopes.
    func digestSum() throws -> RecordDigest {
        let scopes = try position().scopes
        return try storedDigests().filter { scopes.cover($0.scope) }.map(\.digest).reduce(RecordDigest(), +)
    }
}

struct OutboxCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "outbox",
            abstract: L("尚未定下来的变更，和没有完成的走访", "Change sets that are not settled yet, and visits under way"))
    }

    @OptionGroup var options: StationOptions
    @Flag(help: ArgumentHelp(L("包括已定下来的", "Settled ones too"))) var all = false

    func run() throws {
        let station = try options.station()
        let (sets, drafts) = try station.replica.read { transaction in
            (try transaction.outboxSets(OutboxFilter(all ? .all : .unsettled)), try transaction.draftDocuments())
        }
        options.output.write(
            outbox: sets.map(OutboxDocument.init), drafts: drafts.map { (json: $0.json, text: $0.text) })
    }
}

struct ConflictsCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "conflicts",
            abstract: L("冲突：两个值都保留，由镇街决定", "Conflicts: both values are kept, the township decides"))
    }

    @OptionGroup var options: StationOptions
    @Flag(help: ArgumentHelp(L("包括已了结的", "Closed ones too"))) var all = false

    func run() throws {
        let station = try options.station()
        let conflicts = try station.replica.read {
            try $0.tables.conflicts(in: $0.database, includeClosed: all)
        }
        options.output.write(conflicts: conflicts.map { ConflictDocument($0) })
    }
}

struct RefusedCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "refused", abstract: L("被退回的变更及原因", "Refused change sets and why"),
            discussion: L(
                "更正：ruhu amend 号 字段=值；撤回：ruhu withdraw 号",
                "Correct with ruhu amend NUMBER field=value, or take back with ruhu withdraw NUMBER"))
    }

    @OptionGroup var options: StationOptions

    func run() throws {
        let station = try options.station()
        let sets = try station.replica.read { try $0.outboxSets(OutboxFilter(.refused)) }
        options.output.write(
            refused: sets.map { RefusedDocument(set: $0.sealed.set, problem: $0.outcome?.problem) })
    }
}

struct AmendCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "amend", abstract: L("更正一个被退回的变更", "Correct a refused change set"))
    }

    @OptionGroup var options: StationOptions
    @OptionGroup var author: AuthorOptions
    @Argument(help: ArgumentHelp(L("变更号（见 ruhu refused）", "The set's number (see ruhu refused)"))) var number: UInt64
    @Argument(help: ArgumentHelp(L("字段=值 …", "field=value …"))) var fields: [String]
    @Option(help: ArgumentHelp(L("其中哪条记录（默认第一条）", "Which of its records (default: the first)"))) var record: String?

    func run() throws {
        let station = try options.station()
        let writer = try author.name(station)
        let now = station.clock()
        let id = try record.map { text in
            guard let id = RecordID(text) else { throw Problem(.unknownRecord, text) }
            return id
        }
        let sealed = try station.replica.write { transaction in
            guard let refused = try transaction.outboxSet(number)?.sealed.set,
                let change = refused.changes.first(where: { id == nil || $0.record == id }),
                let kind = transaction.schema.kind(change.kind)
            else { throw Problem(.notQuarantined, "\(number)") }
            let writes = try fields.map { try FieldAssignment.parse($0, kind: kind) }
            let capture = Capture(store: transaction, isDesk: false, context: RuleContext(today: now.day))
            let act = Capture<ReplicaTransaction>.Act(author: writer, reason: author.reason ?? refused.reason, now: now)
            return try capture.amend(number, record: change.record, writes: writes, act: act, codec: station.codec)
        }
        guard let change = sealed.set.changes.first else { throw Problem(.nothingToChange) }
        let recorded = Recorded(id: change.record, kind: change.kind, set: sealed.set.number)
        options.output.write(recorded: [recorded], isStream: false, warnings: [])
    }
}

struct WithdrawCommand: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "withdraw", abstract: L("撤回一个被退回的变更", "Take a refused change set back"))
    }

    @OptionGroup var options: StationOptions
    @OptionGroup var author: AuthorOptions
    @Argument(help: ArgumentHelp(L("变更号（见 ruhu refused）", "The set's number (see ruhu refused)"))) var number: UInt64

    func run() throws {
        let station = try options.station()
        let writer = try author.name(station)
        let now = station.clock()
        let sealed = try station.replica.write { transaction in
            let capture = Capture(store: transaction, isDesk: false, context: RuleContext(today: now.day))
            let act = Capture<ReplicaTransaction>.Act(author: writer, reason: author.reason ?? "", now: now)
            return try capture.withdraw(number, act: act, codec: station.codec)
        }
        options.output.write(
            .object([("withdrawn", .int(Int64(number))), ("set", .int(Int64(sealed.set.number)))]),
            text: L("已撤回第 \(number) 号，下次同步时告知镇街。", "Took number \(number) back; the next sync tells the township."))
    }
}
