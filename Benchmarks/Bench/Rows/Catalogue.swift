/// Every row, with its target (the project's own, for 2 cores) and what others need for it.
extension Row {
    static let captureCPU = Row(
        id: "bulk.capture", what: "capture at a station, JSON in, durable, CPU", unit: .perThousand)
    static let pushServer = Row(
        id: "bulk.push.server", what: "bulk push, server CPU", unit: .perThousand, target: .floors(2))
    static let pushStation = Row(
        id: "bulk.push.station", what: "bulk push, station CPU (pull of outcomes included)", unit: .perThousand)
    static let pushRate = Row(
        id: "bulk.push.rate", what: "bulk push, end to end, whole process", unit: .rate, target: .atLeast(40_000),
        comparison: "last-write-wins HTTP server 13,200/s; CouchDB 3,240/s")
    static let pushBytes = Row(
        id: "bulk.push.bytes", what: "bytes a bulk record up", unit: .bytes, target: .atMost(165),
        comparison: "zstd of the JSON lines 184; SQLite changeset with gzip 171")
    static let bulkMemory = Row(id: "bulk.memory", what: "server memory in the bulk push, highest", unit: .megabytes)
    static let pullServer = Row(id: "bulk.pull.server", what: "fresh pull, server CPU", unit: .perThousand)
    static let pullStation = Row(id: "bulk.pull.station", what: "fresh pull, station CPU", unit: .perThousand)
    static let pullRate = Row(
        id: "bulk.pull.rate", what: "fresh pull, end to end into a durable replica, whole process", unit: .rate,
        target: .atLeast(40_000), comparison: "10,400/s and 6,300/s")
    static let pullBytes = Row(
        id: "bulk.pull.bytes", what: "bytes a bulk record down", unit: .bytes, target: .atMost(165))

    static let changeBytes = Row(
        id: "change.bytes", what: "bytes up of a two-field change, 200 in a sync", unit: .bytes, target: .atMost(32),
        comparison: "zstd of JSON patches 24; SQLite changeset with gzip 38")
    static let changePush = Row(
        id: "change.push", what: "200 changed records of the large township: push, whole process", unit: .milliseconds)
    static let changePull = Row(
        id: "change.pull", what: "200 changed records of the large township: pull by another, whole process",
        unit: .milliseconds)
    static let changePushGrowth = Row(
        id: "change.push.growth", what: "200 changed of 100,000 against 200 of 20,000: push", unit: .times,
        target: .atMost(1.1))
    static let changePullGrowth = Row(
        id: "change.pull.growth", what: "200 changed of 100,000 against 200 of 20,000: pull", unit: .times,
        target: .atMost(1.1))
    static let changeServerGrowth = Row(
        id: "change.server.growth", what: "200 changed of 100,000 against 200 of 20,000: server CPU of both",
        unit: .times, target: .atMost(1.1))
    static let processNew = Row(
        id: "process.new", what: "`ruhu new`, whole process, replica of 100,000", unit: .milliseconds,
        target: .atMost(30))
    static let processShow = Row(
        id: "process.show", what: "`ruhu show`, whole process, replica of 100,000", unit: .milliseconds,
        target: .atMost(30))
    static let processFind = Row(
        id: "process.find", what: "`ruhu find`, whole process, replica of 100,000", unit: .milliseconds,
        target: .atMost(30))
    static let clientMemory = Row(
        id: "client.memory", what: "client memory in a bootstrap of 100,000, highest", unit: .megabytes,
        target: .atMost(60))

    static let idleBytes = Row(
        id: "idle.bytes", what: "sync with nothing to do: bytes, both ways", unit: .bytes, target: .atMost(700))
    static let idleTrips = Row(
        id: "idle.requests", what: "sync with nothing to do: requests", unit: .roundTrips, target: .atMost(1))
    static let idleServer = Row(
        id: "idle.server", what: "sync with nothing to do: server CPU, whole processes", unit: .milliseconds,
        target: .atMost(1))
    static let idleServerKept = Row(
        id: "idle.server.kept", what: "sync with nothing to do: server CPU, over a kept connection",
        unit: .milliseconds,
        target: .atMost(1))
    static let idleTime = Row(
        id: "idle.time", what: "sync with nothing to do: time of the whole process", unit: .milliseconds)

    static let stormRate = Row(
        id: "storm.rate", what: "storm, 100 stations × 20 records at once, stations on these cores too", unit: .rate,
        target: .atLeast(25_000), comparison: "7,800/s; CouchDB 3,300/s")
    static let stormWait = Row(
        id: "storm.wait", what: "storm: wait that 99 of 100 pushes do not exceed", unit: .milliseconds,
        target: .atMost(100), comparison: "240 ms; CouchDB 604 ms")
    static let stormServer = Row(id: "storm.server", what: "storm: server CPU", unit: .perThousand)
    static let stormServerRate = Row(
        id: "storm.server.rate", what: "storm: what the server's CPU alone would allow on all cores", unit: .rate)
    static let stormMemory = Row(
        id: "storm.memory", what: "storm: server memory, highest", unit: .megabytes, target: .atMost(120))
    static let stormProcesses = Row(
        id: "storm.processes", what: "storm: the stations sync once more at once, whole processes", unit: .seconds)

    static let conflictRate = Row(
        id: "conflict.rate", what: "2,000 conflicting edits, both values kept, frames ready", unit: .rate,
        target: .atLeast(20_000), comparison: "CouchDB 640/s, whole records only")
    static let conflictServer = Row(
        id: "conflict.server", what: "2,000 conflicting edits: server CPU", unit: .perThousand)
    static let conflictProcess = Row(
        id: "conflict.process", what: "2,000 conflicting edits, whole process, outcomes pulled", unit: .rate)

    static let localOne = Row(
        id: "local.one", what: "local write, one record a transaction", unit: .perThousand, target: .floors(1.5),
        comparison: "cr-sqlite 37 ×")
    static let localOneCPU = Row(
        id: "local.one.cpu", what: "local write, one record a transaction: CPU", unit: .perThousand,
        target: .floors(1.5))
    static let localMany = Row(
        id: "local.many", what: "local write, 1,000 records a transaction", unit: .perThousand, target: .floors(1.5))
    static let localManyCPU = Row(
        id: "local.many.cpu", what: "local write, 1,000 records a transaction: CPU", unit: .perThousand,
        target: .floors(1.5))

    static let lineFirst = Row(
        id: "line.first", what: "village of 150 households, first sync over 2G", unit: .seconds, target: .atMost(20))
    static let lineNight = Row(
        id: "line.night", what: "a night's sync of 30 visits over 2G", unit: .seconds, target: .atMost(8))
    static let lineFetch = Row(
        id: "line.fetch", what: "the village fetched by a new station over 2G", unit: .seconds, target: .atMost(20))
    static let lineIdle = Row(id: "line.idle", what: "a sync with nothing to do over 2G", unit: .seconds)
    static let night = Row(
        id: "night", what: "a township's night: 47 stations × 30 visits × 12 edits, loopback", unit: .seconds,
        target: .atMost(5))

    static let all: [Row] = RowGroups.all.flatMap { $0.rows }
}

/// Rows that are measured together.
protocol RowGroup {
    /// What follows `ruhu-bench rows`.
    static var name: String { get }
    static var abstract: String { get }
    static var rows: [Row] { get }
    static func run(_ sizes: Sizes, into report: inout Report) throws
}

/// How much is measured.
struct Sizes {
    var records = 20_000
    var large = 100_000
    var stations = 100
    var conflicts = 2_000
    /// Of a whole bulk, a storm, a line; what is cheap runs more often.
    var runs = 5
    /// Of a whole process.
    var processRuns = 21
    /// Of a sync with nothing to do.
    var idleRuns = 200
}

enum RowGroups {
    static var all: [any RowGroup.Type] {
        [
            BulkRows.self, SizeRows.self, IdleRows.self, StormRows.self, ConflictRows.self, LocalRows.self,
            LineRows.self,
        ]
    }
}
