package import SyncEngine

/// Exit codes after sysexits (DESIGN section 5).
package enum ExitCode: Int32, Sendable, CaseIterable {
    case done = 0
    case failure = 1
    /// The command line does not parse.
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
    /// The code with which a program ends that meets this problem.
    package var exitCode: ExitCode {
        switch self {
        case .usage: .usage
        case .badDocument, .badMapping, .notABundle, .badInvitation, .damagedBackup, .unknownKind, .unknownField,
            .badValue,
            .derivedField, .immutableField, .appendOnly, .deskOnly, .systemKind, .unknownRecord, .recordExists,
            .recordDeleted, .missingParent, .outOfScope, .setTooLarge, .waitingForRecord, .newerSchema,
            .notQuarantined, .unknownConflict, .reasonNeeded, .sameThingExists, .clockImpossible, .malformedSet,
            .futureBase, .nothingToChange, .unknownScope, .invitationUsed, .invitationUnknown, .invitationExpired,
            .badRequest, .bodyTooLarge, .notFound, .unsupportedMedia, .methodNotAllowed, .unknownBlob, .blobTooLarge,
            .cannotCalculate, .missingParameter, .badPack, .unknownPack, .packExists, .outsideCalendar, .refusedMove,
            .conflictClosed,
            .badForm, .answersRefused, .visitClosed, .unknownAccount, .accountExists, .weakPassword,
            .changedMeanwhile:
            .badData
        case .unreachable, .noNetworkLibrary: .unreachable
        case .internalError: .internalError
        case .alreadyJoined, .alreadyInitialised, .cannotCreate, .cannotListen, .alreadyServed: .cannotCreate
        case .storage, .unreadableFile, .storageFull, .replicaDamaged, .authorityDamaged: .inputOutput
        case .busy, .syncRunning, .tooManyRequests, .digestMismatch, .blobMismatch, .blobsWaiting, .stationInUse:
            .tryAgainLater
        case .notJoined, .notInitialised, .plainHTTPRefused, .unsigned, .badSignature, .staleNonce, .unknownDevice,
            .revoked, .wrongServerKey, .gap, .chainForked, .epochChanged, .cursorTooOld, .protocolVersion,
            .resetLoop, .bundleForAnother, .historyRewritten, .untrustedPack, .trainingNeeded,
            .samePerson, .wrongPassword, .accountLocked, .notSignedIn, .notPermitted, .forgedForm,
            .passwordChangeNeeded:
            .notPermitted
        }
    }
}
