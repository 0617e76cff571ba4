package import Foundation

/// SQL on a database as somebody with access to the machine would run it.
package enum Tampering {
    private static let program = "/usr/bin/sqlite3"

    /// Whether the command is there; a test that needs it says so.
    package static var isPossible: Bool { FileManager.default.isExecutableFile(atPath: program) }

    package struct Failed: Error { package let code: Int32 }

    /// - Throws: ``Failed``; what starting the command throws.
    package static func run(_ sql: String, on database: URL) throws {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = [database.path, sql]
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw Failed(code: process.terminationStatus) }
    }
}

extension TownshipServer {
    /// Changes the township's database behind its back.
    package func tamper(_ sql: String) throws {
        try Tampering.run(sql, on: folder.appending(path: "authority.sqlite"))
    }
}
