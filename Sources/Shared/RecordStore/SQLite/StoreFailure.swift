import GRDB
package import SyncEngine

/// What a store's errors mean to its user.
package enum StoreFailure {
    /// Runs `body`; a full disk becomes ``Problem/Code/storageFull``, a damaged file `damaged`. What a transaction had
    /// written is rolled back either way.
    package static func explained<T>(damaged: Problem.Code, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch {
            throw explained(error, damaged: damaged)
        }
    }

    package static func explained(_ error: any Error, damaged: Problem.Code) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        switch error.resultCode {
        case .SQLITE_FULL: return Problem(.storageFull)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return Problem(damaged, error.message ?? "")
        // A row that an upgrade carries over is not of the types its table was written with.
        case .SQLITE_CONSTRAINT where error.extendedResultCode == .SQLITE_CONSTRAINT_DATATYPE:
            return Problem(damaged, error.message ?? "")
        default: return error
        }
    }
}
