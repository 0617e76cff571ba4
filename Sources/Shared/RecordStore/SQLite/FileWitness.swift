import Glibc
import SyncEngine
import Synchronization

/// The file that a database was opened on: whether it still lies at its place. SQLite goes on with a file that was moved
/// or written over by hand, and says of what is committed then that it is kept.
final class FileWitness: Sendable {
    private let path: String
    private let device: dev_t
    private let inode: ino_t
    /// The largest it was seen.
    private let size: Mutex<off_t>

    /// - Returns: `nil` where there is no such file, as in a simulation.
    init?(path: String) {
        guard let now = Self.look(path) else { return nil }
        self.path = path
        (device, inode) = (now.st_dev, now.st_ino)
        size = Mutex(now.st_size)
    }

    private static func look(_ path: String) -> stat? {
        var information = stat()
        return stat(path, &information) == 0 ? information : nil
    }

    /// - Throws: ``Problem`` ``Problem/Code/storage`` when another file is there, none, or a shorter one: a database here
    ///   never gets shorter.
    func check() throws {
        if let now = Self.look(path), now.st_dev == device, now.st_ino == inode, isAsLong(now.st_size) { return }
        throw Problem(
            .storage, path,
            explanation: Label(
                zh: "正在使用的数据库文件被移走、替换或截短了", en: "The database in use was moved, replaced or cut short"),
            hint: Label(
                zh: "请停止服务，不要直接覆盖数据库文件；用 ruhu-server restore 恢复备份，各站会补传之后的内容。",
                en: "Stop serving and copy nothing over the database; ruhu-server restore brings a backup back, "
                    + "and stations offer again what came later."))
    }

    private func isAsLong(_ now: off_t) -> Bool {
        size.withLock { size in
            size = max(size, now)
            return size == now
        }
    }
}
