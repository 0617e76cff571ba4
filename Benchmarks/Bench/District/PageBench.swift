import Foundation
import ProgramRunner

/// Every page of the console that a leader reaches by links from his first one, and every file, over plain loopback HTTP:
/// what a page takes is from the request's first byte to the answer's last.
struct PageBench {
    private let server: TownshipServer
    private let pageAimMilliseconds = 150.0
    private let fileAimMilliseconds = 5_000.0
    private static let runs = 21
    /// Of one shape are all addresses that differ in ids, months, days and villages alone; one of them is measured.
    private static let shapes = 400
    /// The tables of which the files are fetched: the long ones.
    private static let longTables = ["ledger", "cases", "tasks", "households", "members"]
    private static let password = "benchmark-of-a-district-2026"
    private(set) var rows: [String] = []
    private(set) var files: [String] = []

    /// What a person comes to by a form: each of docs/benchmarks.md is measured, whatever links to it.
    static let unlinked = [
        "/cases?status=in_payment&village=370404101201", "/ledger?village=370404101201", "/documents/batch",
        "/money", "/money/budget/2026", "/money/roll/2026-11", "/money/plan/2026-11", "/money/paid/2026-11",
        "/money/reconcile/2026-10", "/money/recoveries", "/money/arrears", "/households", "/cases", "/stations",
        "/notices", "/tables/coverage", "/tables/flow-by-village", "/tables/members", "/tables/quality", "/reports",
    ]
    /// A day on which every household of the district is looked at as it was.
    private static let earlierDay = "2024-06-30"

    /// - Parameter data: made before.
    init(_ data: DistrictData) throws {
        server = TownshipServer(serving: data.township, environment: data.environment)
        // The account stays in the folder: the next run finds it there.
        _ = try server.program.run(
            ["user", "add", "bench", "--role", "leader", "--full-name", "陈主任", "--password-stdin", "--json"],
            input: Self.password + "\n")
        try server.start()
    }

    /// - Parameter places: where it begins.
    mutating func run(from places: [String]) throws {
        let login = try JSONSerialization.data(withJSONObject: ["name": "bench", "password": Self.password])
        let made = try Exchange(server.port, "POST", "/login", body: login, headers: ["Accept": "application/json"])
        guard let token = JSON(Data(made.body))["token"].string else {
            throw ProgramFailure("login: \(made.status) \(String(decoding: made.body.prefix(500), as: UTF8.self))")
        }
        let headers = ["Authorization": "Bearer \(token)", "Accept": "text/html", "Accept-Language": "zh"]
        var (waiting, known) = (places, Set(places.map(Self.shape) + ["/households/ID?as_of=DAY"]))
        var measured = 0
        while let path = waiting.first, measured < Self.shapes {
            waiting.removeFirst()
            measured += 1
            let first = try Exchange(server.port, "GET", path, headers: headers)
            guard first.isPage else {
                try file(path, headers)
                continue
            }
            try page(path, headers)
            for link in Self.links(in: String(decoding: first.body, as: UTF8.self))
            where known.insert(Self.shape(of: link)).inserted {
                let shape = Self.shape(of: link)
                if shape.contains("/file"), !Self.longTables.contains(where: { shape.hasPrefix("/tables/\($0)/") }) {
                    continue
                }
                // The page of one thing comes before further lists.
                waiting.insert(link, at: shape.contains("ID") ? 0 : waiting.endIndex)
                if shape == "/households/ID" { waiting.insert(link + "?as_of=" + Self.earlierDay, at: 0) }
            }
        }
        server.stop()
    }

    private mutating func page(_ path: String, _ headers: [String: String]) throws {
        var times: [Double] = []
        var bytes = 0
        for _ in 0..<Self.runs {
            let exchange = try Exchange(server.port, "GET", path, headers: headers)
            guard exchange.status == 200 else {
                return add("\(Self.shape(of: path)): status \(exchange.status)", "", "", "")
            }
            bytes = exchange.body.count
            times.append(exchange.seconds * 1000)
            // What is slower by an order of magnitude need not be told to the millisecond.
            if times.reduce(0, +) > 30_000 { break }
        }
        times.sort()
        let median = times[times.count / 2]
        add(
            "\(Self.shape(of: path)), \(bytes / 1024) KiB", String(format: "%.0f ms", median),
            String(format: "%.0f ms", times[times.count - 1]),
            "under \(Int(pageAimMilliseconds)) ms: \(median < pageAimMilliseconds ? "met" : "not met")")
    }

    private mutating func file(_ path: String, _ headers: [String: String]) throws {
        let before = server.memory
        let exchange = try Exchange(server.port, "GET", path, headers: headers)
        let total = exchange.seconds * 1000
        let grown = (server.memory - before) / 1_048_576
        files.append(
            Self.row(
                "\(Self.shape(of: path)), \(exchange.body.count / 1024) KiB, memory + \(grown) MiB",
                String(format: "%.0f ms", exchange.firstByteSeconds * 1000), String(format: "%.0f ms", total),
                "under \(Int(fileAimMilliseconds / 1000)) s: \(total < fileAimMilliseconds ? "met" : "not met")"))
    }

    private mutating func add(_ what: String, _ median: String, _ highest: String, _ aim: String) {
        rows.append(Self.row(what, median, highest, aim))
        FileHandle.standardError.write(Data(((rows.last ?? "") + "\n").utf8))
    }

    private static func row(_ cells: String...) -> String { "| " + cells.joined(separator: " | ") + " |" }

    // MARK: - Addresses

    /// The places of this server that a page links to, but those that end the session or never end themselves.
    private static func links(in page: String) -> [String] {
        let excluded = ["/logout", "/events", "/language", "/login", "/assets"]
        return page.components(separatedBy: "href=\"").dropFirst().compactMap { rest -> String? in
            let link = rest.prefix { $0 != "\"" }.replacingOccurrences(of: "&amp;", with: "&")
            let path = link.prefix { $0 != "#" }
            guard path.hasPrefix("/"), !path.hasPrefix("//"), !excluded.contains(where: path.hasPrefix) else {
                return nil
            }
            return String(path)
        }
    }

    private static func shape(of path: String) -> String {
        var shape = path
        let patterns = [
            ("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID"),
            ("[0-9]{4}-[0-9]{2}-[0-9]{2}", "DAY"),
            ("[0-9]{4}-[0-9]{2}", "MONTH"), ("[0-9]{12}", "VILLAGE"), ("[0-9]{9}", "TOWNSHIP"),
            ("/fields/[a-z_0-9]+", "/fields/FIELD"), ("/20[0-9]{2}(?![0-9])", "/YEAR"), ("after=[^&]*", "after="),
            ("=[^&]*[0-9%][^&]*", "="),
        ]
        for (pattern, name) in patterns {
            shape = shape.replacingOccurrences(of: pattern, with: name, options: .regularExpression)
        }
        return shape
    }
}

/// One request with a connection of its own, timed.
private struct Exchange {
    let status: Int
    let body: [UInt8]
    let isPage: Bool
    let firstByteSeconds: Double
    let seconds: Double

    private static let patienceSeconds = 300

    init(_ port: Int, _ method: String, _ path: String, body: Data = Data(), headers: [String: String]) throws {
        guard let socket = LoopbackSocket.connected(to: port, patienceSeconds: Self.patienceSeconds) else {
            throw ProgramFailure("nobody listens at \(port)")
        }
        defer { socket.close() }
        var lines = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: close"]
        lines += headers.map { "\($0): \($1)" }
        if !body.isEmpty { lines += ["Content-Type: application/json", "Content-Length: \(body.count)"] }
        let started = ContinuousClock.now
        socket.send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + Array(body))
        var (bytes, headEnd): ([UInt8], Int?) = ([], nil)
        var first: Double?
        while let more = socket.receive() {
            bytes += more
            if headEnd == nil { headEnd = bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound }
            if first == nil, let headEnd, bytes.count > headEnd { first = Usage.seconds(since: started) }
        }
        seconds = Usage.seconds(since: started)
        firstByteSeconds = first ?? seconds
        guard let headEnd else { throw ProgramFailure("\(method) \(path): no answer") }
        let head = String(decoding: bytes[..<headEnd], as: UTF8.self)
        status = Int(head.dropFirst(9).prefix(3)) ?? 0
        isPage = status != 200 || head.lowercased().contains("content-type: text/html")
        self.body = Array(bytes[headEnd...])
    }
}
