import Glibc
import SyncEngine

/// Looks before it is too late: a full disk is told to the user before anything is begun that could not be ended.
package enum FreeSpace {
    /// Runs `body`; where it fails for want of room, whatever SQLite or the system calls it, that is what is said.
    /// - Parameter path: on the file system that `body` writes to.
    /// - Throws: ``Problem`` ``Problem/Code/storageFull``; what `body` throws.
    package static func explained<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            let problem = error as? Problem
            if problem == nil || problem?.code == .storage || problem?.code == .cannotCreate { try check(path) }
            throw error
        }
    }

    /// - Parameters:
    ///   - path: the data folder, or what is above it when it does not exist yet.
    ///   - needed: bytes that what is to be done needs besides the reserve.
    /// - Throws: ``Problem`` ``Problem/Code/storageFull`` when fewer than ``Limits/leastFreeBytes`` and `needed` bytes
    ///   are free. A file system that does not say is not judged.
    package static func check(_ path: String, needed: UInt64 = 0) throws {
        var information = statvfs()
        guard statvfs(path, &information) == 0, information.f_blocks > 0 else { return }
        let free = UInt64(information.f_bavail).multipliedReportingOverflow(by: UInt64(information.f_frsize))
        let wanted = UInt64(Limits.leastFreeBytes).addingReportingOverflow(needed)
        guard !free.overflow, wanted.overflow || free.partialValue < wanted.partialValue else { return }
        let mebibyte: UInt64 = 1024 * 1024
        let (left, least) = (free.partialValue / mebibyte, (wanted.partialValue + mebibyte - 1) / mebibyte)
        throw Problem(
            .storageFull, path,
            explanation: Label(
                zh: "本机存储空间不足：剩 \(left) MiB，需要 \(least) MiB",
                en: "This machine's storage is full: \(left) MiB left, \(least) MiB needed"))
    }
}
