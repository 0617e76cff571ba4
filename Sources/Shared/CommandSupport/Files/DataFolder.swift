import Glibc
import SyncEngine

/// A program's data folder: `--data`, else `RUHU_HOME`, else the XDG default.
package enum DataFolder {
    /// Where the folder is; it need not exist.
    ///
    /// - Parameters:
    ///   - option: what `--data` says, `nil` when it is not given.
    ///   - name: the program's, for the XDG default `$XDG_DATA_HOME/NAME` or `~/.local/share/NAME`.
    /// - Throws: ``Problem`` ``Problem/Code/badValue`` for an empty `--data`; ``Problem/Code/cannotCreate`` when
    ///   nothing says where.
    package static func path(option: String?, name: String) throws -> String {
        try path(option: option, name: name, environment: Environment.value)
    }

    static func path(option: String?, name: String, environment: (String) -> String?) throws -> String {
        if let option {
            guard !option.isEmpty else {
                throw Problem(.badValue, "--data", explanation: Label(zh: "要写目录", en: "It takes a folder"))
            }
            return option
        }
        if let home = environment("RUHU_HOME") { return home }
        // The XDG base directory specification has relative paths ignored.
        if let data = environment("XDG_DATA_HOME"), data.hasPrefix("/") { return data + "/" + name }
        guard let home = environment("HOME") else {
            throw Problem(
                .cannotCreate,
                explanation: Label(zh: "不知道数据目录在哪里：没有 HOME", en: "There is no HOME to keep the data folder in"))
        }
        return home + "/.local/share/" + name
    }

    /// Makes the folder and what is missing above it, for its owner only (mode 0700). One that exists is left alone.
    /// - Throws: ``Problem`` ``Problem/Code/cannotCreate``.
    package static func create(_ path: String) throws {
        var partial = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            partial += "/" + part
            if isFolder(partial) { continue }
            guard mkdir(partial, 0o700) == 0 || (errno == EEXIST && isFolder(partial)) else {
                throw Problem.ofSystem(.cannotCreate, partial)
            }
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }
}
