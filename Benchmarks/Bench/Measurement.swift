import Foundation

/// What is measured: a row of the table in `docs/benchmarks.md`, the same in JSON and in the gate's limits.
struct Row: Hashable, Sendable {
    let id: String
    let what: String
    let unit: Unit
    var target: Target?
    /// What others need, as the project's targets name it.
    var comparison = ""
}

enum Unit: String, Codable, Sendable {
    case perThousand = "ms per 1,000 records"
    case milliseconds = "ms"
    case seconds = "s"
    case rate = "records/s"
    case bytes = "bytes"
    case megabytes = "MB"
    case roundTrips = "round trips"
    case times = "×"

    func text(_ value: Double) -> String {
        switch self {
        case .rate: "\(Self.grouped(value)) \(rawValue)"
        case .bytes, .roundTrips: value == value.rounded() ? "\(Self.grouped(value)) \(rawValue)" : decimals(value)
        case .perThousand, .milliseconds, .seconds, .megabytes, .times: decimals(value)
        }
    }

    private func decimals(_ value: Double) -> String {
        let digits = abs(value) < 10 ? 2 : abs(value) < 100 ? 1 : 0
        return "\(String(format: "%.\(digits)f", value)) \(rawValue)"
    }

    static func grouped(_ value: Double) -> String {
        let digits = String(Int(value.rounded()))
        return String(
            digits.reversed().enumerated().flatMap {
                $0.offset > 0 && $0.offset % 3 == 0 ? [",", $0.element] : [$0.element]
            }
            .reversed())
    }
}

struct Target: Hashable, Codable, Sendable {
    enum Subject: String, Codable, Sendable { case value, ratio }
    enum Sense: String, Codable, Sendable { case atMost, atLeast }
    let subject: Subject
    let sense: Sense
    let limit: Double

    static func floors(_ limit: Double) -> Target { Target(subject: .ratio, sense: .atMost, limit: limit) }
    static func atMost(_ limit: Double) -> Target { Target(subject: .value, sense: .atMost, limit: limit) }
    static func atLeast(_ limit: Double) -> Target { Target(subject: .value, sense: .atLeast, limit: limit) }

    func isMet(value: Double, ratio: Double?) -> Bool? {
        (subject == .value ? value : ratio).map { sense == .atMost ? $0 <= limit : $0 >= limit }
    }

    func text(_ unit: Unit) -> String {
        let sign = sense == .atMost ? "≤" : "≥"
        if subject == .ratio { return "\(sign) \(String(format: "%.1f", limit)) × floor" }
        let whole = limit == limit.rounded() && limit < 1_000
        return "\(sign) \(whole ? "\(Int(limit)) \(unit.rawValue)" : unit.text(limit))"
    }
}

/// A row's figure: the median of its runs.
struct Measurement: Codable, Sendable {
    let id: String
    let what: String
    let unit: Unit
    let value: Double
    /// What the floor took in the same runs, in the same unit.
    let floor: Double?
    /// The median of the runs' own ratios.
    let ratio: Double?
    let target: Target?
    let met: Bool?

    init(_ row: Row, value: Double, floor: Double? = nil, ratio: Double? = nil) {
        id = row.id
        what = row.what
        unit = row.unit
        self.value = value
        self.floor = floor
        self.ratio = ratio
        target = row.target
        met = row.target?.isMet(value: value, ratio: ratio)
    }
}

extension [Double] {
    /// The middle one; of an even number the upper of two.
    var median: Double { isEmpty ? .nan : sorted()[count / 2] }
}

/// What was measured so far; said on standard error as it comes.
struct Report {
    private(set) var measurements: [Measurement] = []

    mutating func add(_ measurement: Measurement) {
        measurements.append(measurement)
        let ratio = measurement.ratio.map { String(format: ", %.2f × floor", $0) } ?? ""
        Self.say("\(measurement.what): \(measurement.unit.text(measurement.value))\(ratio)")
    }

    mutating func replace(_ measurement: Measurement) {
        guard let place = measurements.firstIndex(where: { $0.id == measurement.id }) else { return add(measurement) }
        measurements[place] = measurement
    }

    mutating func add(_ row: Row, _ value: Double) { add(Measurement(row, value: value)) }
    mutating func add(_ row: Row, _ values: [Double]) { add(row, values.median) }

    /// The runs' medians against the floor's of the same runs.
    mutating func add(_ row: Row, _ values: [Double], floors: [Double]) {
        add(
            Measurement(
                row, value: values.median, floor: floors.median, ratio: zip(values, floors).map { $0 / $1 }.median))
    }

    static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

    /// - Parameter commands: by row.
    func markdown(commands: [String: String]) -> String {
        let heading = [
            "| | result | floor or comparison | ratio | target | met | command |", "|---|---|---|---|---|---|---|",
        ]
        let rows = measurements.map { one -> String in
            let row = Row.all.first { $0.id == one.id }
            let floor = [one.floor.map { "floor \(one.unit.text($0))" }, row?.comparison].compactMap(\.self)
                .filter { !$0.isEmpty }.joined(separator: "; ")
            let ratio = one.ratio.map { String(format: "%.2f ×", $0) } ?? ""
            let target = one.target?.text(one.unit) ?? ""
            let met = one.met.map { $0 ? "yes" : "**no**" } ?? ""
            let command = commands[one.id].map { "`\($0)`" } ?? ""
            let cells = [one.what, one.unit.text(one.value), floor, ratio, target, met, command]
            return "| \(cells.joined(separator: " | ")) |"
        }
        return (heading + rows).joined(separator: "\n")
    }

    func write(json file: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        struct Document: Encodable {
            let machine: String
            let measurements: [Measurement]
        }
        try encoder.encode(Document(machine: Machine.words, measurements: measurements)).write(to: URL(filePath: file))
    }
}
