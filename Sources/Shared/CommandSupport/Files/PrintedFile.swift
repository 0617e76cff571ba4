import Glibc
import SyncEngine

/// Where a page that was made goes: a file that only its owner may read, for it holds personal data, or standard output.
package struct PrintedFile: Sendable {
    private let output: String?
    private let isForced: Bool

    /// - Parameters:
    ///   - output: a path, or `-` for standard output; of a folder, and of the current one when it is `nil`, the page
    ///     gets its own name there.
    ///   - isForced: whether a file that is there is overwritten.
    package init(output: String?, isForced: Bool) {
        self.output = output
        self.isForced = isForced
    }

    /// Whether each of several pages gets a file of its own.
    package var takesSeveral: Bool { output.map(Self.isFolder) ?? true }

    /// - Parameter name: of the page, without `.html`.
    package func path(_ name: String) -> String {
        guard let output else { return name + ".html" }
        return Self.isFolder(output) ? "\(output)/\(name).html" : output
    }

    /// - Throws: ``Problem`` ``Problem/Code/cannotCreate`` for a file that is there.
    package func check(_ name: String) throws {
        let path = path(name)
        guard path != "-", !isForced, Files.exists(path) else { return }
        throw Problem(
            .cannotCreate, path,
            explanation: Label(zh: "已有这个文件；要覆盖请加 --force", en: "The file exists; add --force to overwrite it"))
    }

    /// - Throws: ``Problem`` ``Problem/Code/cannotCreate``, ``Problem/Code/storage``, ``Problem/Code/storageFull``.
    package func write(_ html: String, name: String) throws {
        let path = path(name)
        if path == "-" { return StandardStream.output.write(html) }
        try SecretFile.write(Array(html.utf8), to: path)
    }

    private static func isFolder(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }
}
