import Glibc
import SyncEngine

/// Bundles on their stick, written and read in pieces: they may be larger than the memory.
package enum BundleFile {
    /// How many first bytes tell what a file is.
    private static let magicBytes = 8

    /// Whole or not there, durable when it returns, readable by its owner only. An older bundle is replaced; any other
    /// file is left alone.
    /// - Parameters:
    ///   - magic: how a bundle begins.
    ///   - body: is given what takes the file's bytes in order. When it throws, there is no file.
    /// - Throws: ``Problem`` ``Problem/Code/cannotCreate``; ``Problem/Code/storageFull``, ``Problem/Code/storage``; what
    ///   `body` throws.
    package static func write<Result>(
        to path: String, magic: [UInt8], _ body: (_ write: @escaping ([UInt8]) throws -> Void) throws -> Result
    ) throws -> Result {
        try Files.checkName(path)
        if Files.exists(path) {
            let start = try Files.beginning(path, count: magicBytes)
            guard start.isEmpty || start == magic else {
                throw Problem(
                    .cannotCreate, path,
                    explanation: Label(zh: "这里已有别的文件，没有覆盖", en: "There is another file here; it was left alone"))
            }
        }
        return try SecretFile.write(to: path) { descriptor in
            try body { bytes in
                let error = Descriptor.write(bytes, to: descriptor)
                guard error == 0 else {
                    errno = error
                    throw Problem.ofSystem(.storage, path)
                }
            }
        }
    }

    /// Opens a bundle for reading; the file is closed with the last reference to what is returned.
    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile``; ``Problem/Code/notABundle`` for what does not begin as one.
    package static func open(
        _ path: String, magic: [UInt8]
    ) throws -> (read: (_ offset: UInt64, _ count: Int) throws -> [UInt8], bytes: UInt64) {
        let file = try ReadableFile(path)
        guard try file.read(at: 0, count: magicBytes) == magic else { throw Problem(.notABundle, path) }
        return ({ try file.read(at: $0, count: $1) }, Files.size(path))
    }
}

/// A file that is read at any place, closed when it goes away.
final class ReadableFile {
    private let path: String
    private let descriptor: Int32

    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile``.
    init(_ path: String) throws {
        self.path = path
        descriptor = try Files.openForReading(path)
    }

    deinit { close(descriptor) }

    /// At most `count` bytes; fewer at the end only.
    /// - Throws: ``Problem`` ``Problem/Code/unreadableFile``.
    func read(at offset: UInt64, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes[filled...].withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, Int(offset) + filled)
            }
            if got < 0 {
                if errno == EINTR { continue }
                throw Problem.ofSystem(.unreadableFile, path)
            }
            if got == 0 { break }
            filled += got
        }
        return filled == count ? bytes : Array(bytes.prefix(filled))
    }
}
