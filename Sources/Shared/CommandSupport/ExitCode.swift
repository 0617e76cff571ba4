package import SyncEngine

/// Exit codes after sysexits (DESIGN section 5).
package enum ExitCode: Int32, Sendable {
    case done = 0
    case failure = 1
    case usage = 64
    case badData = 65
    case unreachable = 69
    case internalError = 70
    case cannotCreate = 73
    case inputOutput = 74
    case tryAgainLater = 75
    case notPermitted = 77
}

extension Problem.Code {
    package var exitCode: ExitCode {
        switch self {
        case .usage: .usage
        case .notJoined, .notInitialised, .revoked, .unknownDevice, .badSignature, .unsigned, .staleNonce,
            .wrongServerKey, .epochChanged, .chainForked, .gap, .cursorTooOld, .protocolVersion, .plainHTTPRefused:
            .notPermitted
        case .alreadyJoined, .alreadyInitialised, .cannotCreate: .cannotCreate
        case .unreachable: .unreachable
        case .busy, .syncRunning, .tooManyRequests, .digestMismatch: .tryAgainLater
        case .storage, .unreadableFile: .inputOutput
        case .internalError: .internalError
        default: .badData
        }
    }

    /// Kebab case.
    package var name: String {
        var result = ""
        for character in "\(self)" {
            if character.isUppercase, result.last?.isUppercase != true { result += "-" }
            result += character.lowercased()
        }
        return result
    }
}
