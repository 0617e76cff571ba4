import SyncEngine

/// Bundles on their stick.
package enum BundleFile {
    /// How many first bytes tell what a file is.
    private static let magicBytes = 8

    /// Whole or not there, durable when it returns, readable by its owner only. An older bundle is replaced; any other
    /// file is left alone.
    /// - Throws: ``Problem`` ``Problem/Code/cannotCreate``, ``Problem/Code/storage``.
    package static func write(_ bytes: [UInt8], to path: String) throws {
        if Files.exists(path) {
            let start = try Files.beginning(path, count: magicBytes)
            guard start.isEmpty || start == Array(bytes.prefix(magicBytes)) else {
                throw Problem(
                    .cannotCreate, path,
                    explanation: Label(zh: "这里已有别的文件，没有覆盖", en: "There is another file here; it was left alone"))
            }
        }
        try SecretFile.write(bytes, to: path)
    }
}
