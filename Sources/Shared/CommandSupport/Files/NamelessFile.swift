import Glibc
import SyncEngine

/// A temporary file without a name: nobody else can open it, and nothing of it is left, whatever happens to the
/// process. It lives in a given folder, for a temporary one of the system may be memory.
package final class NamelessFile: Sendable {
    package let descriptor: Int32

    /// - Throws: ``Problem`` ``Problem/Code/cannotCreate``, ``Problem/Code/storageFull``.
    package init(in folder: String) throws {
        // mkstemp(3) puts a name of its own in the place of the six X; the file is its owner's alone (0600).
        var name = Array("\(folder)/.ruhu-XXXXXX".utf8CString)
        descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw Problem.ofSystem(.cannotCreate, folder) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(name)
    }

    deinit { close(descriptor) }

    /// At most `count` bytes from a place; none at the end.
    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile``.
    package func read(at offset: Int, count: Int) throws -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
            let read = pread(descriptor, buffer.baseAddress, count, off_t(offset))
            if read < 0 { failure = errno }
            initialised = max(0, read)
        }
        guard failure == 0 else {
            errno = failure
            throw Problem.ofSystem(.unreadableFile, "")
        }
        return bytes
    }
}
