import Markup
import SyncEngine

/// What a route of the console answers.
enum ConsoleAnswer: Sendable {
    case page(any ConsolePage)
    /// A page that asks for what is missing; a program is told the problem.
    case asks(Problem, any ConsolePage)
    /// After an act: the browser goes there; a program is told what came of it.
    case done(Link, JSONValue)
    case file(ConsoleFile)
}

/// A page, as people see it and as programs read it; each is made only when it is asked for.
protocol ConsolePage: Sendable {
    var title: String { get }
    /// The head of the log that the page shows: its forms say it as `seen`.
    var seq: Seq { get }
    /// Whether it is brought up to date while people look at it.
    var isLive: Bool { get }
    /// The documented answer (docs/openapi.yaml).
    var json: JSONValue { get throws }
    func body() throws -> HTML
}

extension ConsolePage {
    var isLive: Bool { false }
}

/// A file to take away.
struct ConsoleFile: Sendable {
    let name: String
    let mediaType: String
    /// Shown by the browser rather than kept.
    var isInline = false
    /// What the browser is told to refuse of this file; `nil`: as of every page (``ConsoleHeaders``).
    var policy: String?
    let content: Content

    enum Content: Sendable {
        case bytes([UInt8])
        /// Read as it is sent: never a whole table in memory.
        case table(TableExport.Body)
        /// Part by part, until it gives nothing.
        case parts(AsyncThrowingStream<[UInt8], any Error>)
    }

    init(name: String, mediaType: String, isInline: Bool = false, content: Content) {
        self.name = name
        self.mediaType = mediaType
        self.isInline = isInline
        self.content = content
    }

    init(name: String, mediaType: String, isInline: Bool = false, bytes: [UInt8]) {
        self.init(name: name, mediaType: mediaType, isInline: isInline, content: .bytes(bytes))
    }

    /// - Throws: as ``TableExport/body()``: before there is an answer.
    init(_ export: TableExport) throws {
        name = export.fileName
        mediaType = export.format.mediaType
        content = .table(try export.body())
    }
}

/// Somebody else acted since the page was opened: what has changed, record by record.
struct ChangedMeanwhile: Error {
    struct Change: Sendable {
        let record: RecordID
        let kind: KindSchema?
        let items: [HistoryItem]
    }

    let changes: [Change]
    let head: Seq
}

/// Where an address does its work.
enum Work: Sendable {
    /// On the threads that make pages: milliseconds.
    case page
    /// In a ``Lane`` of its own: seconds.
    case long
    /// With the pages; then a snapshot of the database is held until the body is read.
    case stream
    /// Where passwords are checked (``PasswordGate``).
    case password

    /// Long when it is asked to work something out.
    static let asked: @Sendable (ConsoleRequest) -> Work = { $0.query["compute"] == "yes" ? .long : .page }
    /// A workbook is made whole before it is sent; other files are read as they are sent.
    static let file: @Sendable (ConsoleRequest) -> Work = {
        $0.query["format"] ?? TableFormat.xlsx.rawValue == TableFormat.xlsx.rawValue ? .long : .stream
    }
}

/// One address of the console.
struct ConsoleRoute: Sendable {
    enum Method: String, Sendable { case get = "GET", post = "POST" }

    let method: Method
    /// `/cases/{id}`.
    let path: String
    let permission: Permission
    let work: @Sendable (ConsoleRequest) -> Work
    /// Runs on a thread that may wait for the disk, in the language of the person.
    let answer: @Sendable (Console, ConsoleRequest) throws -> ConsoleAnswer

    static func get(
        _ path: String, _ permission: Permission = .look,
        work: @escaping @Sendable (ConsoleRequest) -> Work = Work.asked,
        _ answer: @escaping @Sendable (Console, ConsoleRequest) throws -> ConsoleAnswer
    ) -> ConsoleRoute {
        ConsoleRoute(method: .get, path: path, permission: permission, work: work, answer: answer)
    }

    static func post(
        _ path: String, _ permission: Permission = .work,
        work: @escaping @Sendable (ConsoleRequest) -> Work = Work.asked,
        _ answer: @escaping @Sendable (Console, ConsoleRequest) throws -> ConsoleAnswer
    ) -> ConsoleRoute {
        ConsoleRoute(method: .post, path: path, permission: permission, work: work, answer: answer)
    }
}
