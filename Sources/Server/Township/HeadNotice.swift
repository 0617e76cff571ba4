import CommandSupport
import RecordStore
import SyncEngine

import class GRDB.Database

/// What speaks against a township's database when it is opened: its ``HeadFile`` says something else, or says nothing any
/// more. Whoever opens it first is told, and what comes of it is repaired; the next night's audit is told still.
enum HeadNotice: Error, Hashable, Sendable {
    /// There is no file beside a log that is not empty.
    case missing
    /// It cannot be read.
    case damaged
    /// Its last head is not this township's word.
    case foreign
    /// The log ends before what was signed, or is another above `common`: a copy that was brought back by hand.
    case contradicted(common: Seq, signed: Seq)
    /// The database is of a history that no program of this township began.
    case unannounced(EpochID)

    var finding: AuditFinding { AuditFinding(.head, subject) }

    private var subject: String {
        switch self {
        case .missing: "head missing"
        case .damaged: "head damaged"
        case .foreign: "head foreign"
        case .contradicted(let common, let signed): "\(common) < \(signed)"
        case .unannounced(let epoch): "epoch \(epoch)"
        }
    }

    // MARK: - For the night

    private static let key = "head_notice"

    /// Keeps it for the next night, the first of several.
    func keep(in transaction: AuthorityTransaction) throws {
        guard try Self.kept(in: transaction.database) == nil else { return }
        try Meta.set(subject, for: Self.key, in: transaction.database)
    }

    static func kept(in database: Database) throws -> AuditFinding? {
        try Meta.text(key, in: database).flatMap { $0.isEmpty ? nil : AuditFinding(.head, $0) }
    }

    /// - Parameter told: nothing else that came since; `nil`: whatever it is.
    static func forget(_ told: AuditFinding? = nil, in transaction: AuthorityTransaction) throws {
        let kept = try kept(in: transaction.database)
        if told == nil || kept == told { try Meta.set("", for: key, in: transaction.database) }
    }

    /// For the clerk whose command opened it.
    var text: String {
        switch self {
        case .missing:
            L(
                "数据目录里记录日志进度的 head 文件不见了，已重新写入。在此之前日志是否被截短，只有工作站知道："
                    + "在一个工作站运行 ruhu status --json，把输出存成文件，再运行 ruhu-server audit verify --heads 文件。",
                "The file head, which says how far the log has come, was gone from the data folder, and is written anew. "
                    + "Whether the log was cut before, a station can tell: keep what ruhu status --json prints there in a "
                    + "file, and run ruhu-server audit verify --heads FILE.")
        case .damaged:
            L(
                "数据目录里的 head 文件读不出来，已重新写入。请用一个工作站的文件核对：ruhu-server audit verify --heads 文件。",
                "The file head in the data folder could not be read, and is written anew. Check with a station's file: "
                    + "ruhu-server audit verify --heads FILE.")
        case .foreign:
            L(
                "数据目录里 head 文件的签名不是本镇街的，已重新写入。请用一个工作站的文件核对：ruhu-server audit verify --heads 文件。",
                "The file head in the data folder was not signed by this township, and is written anew. Check with a "
                    + "station's file: ruhu-server audit verify --heads FILE.")
        case .unannounced(let epoch):
            L(
                "数据库里有一段不是本程序开始的历史（\(epoch)）。请停止服务，保留原目录，联系技术人员。",
                "The database is of a history that this program did not begin (\(epoch)). Stop serving, keep the folder as "
                    + "it is, and call an engineer.")
        case .contradicted(let common, let signed):
            L(
                "数据库不是最新的那一份：签过 \(signed) 项，与现有日志相同的到第 \(common) 项。已开始新的历史，各工作站会补传其余内容。",
                "This is not the latest database: \(signed) sets were signed, and the log agrees up to \(common). A new history "
                    + "has begun; stations bring the rest again.")
        }
    }
}
