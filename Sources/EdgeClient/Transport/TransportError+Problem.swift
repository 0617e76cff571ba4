import CommandSupport
package import SyncEngine

extension TransportError: ProblemConvertible {
    /// What a command tells of it, with its own words.
    package var problem: Problem {
        switch kind {
        case .unreachable, .tooLarge, .aborted: Problem(.unreachable, explanation: message)
        case .untrusted: Problem(.wrongServerKey, explanation: message)
        case .badURL: Problem(.badValue, "URL", explanation: message)
        case .noLibrary: Problem(.noNetworkLibrary)
        case .internalError: Problem(.internalError, explanation: message)
        }
    }
}
