package import SyncEngine

/// How a problem is called by programs and told to people.
struct ProblemTexts: Sendable {
    /// Kebab case; part of the JSON contract, never renamed.
    let name: String
    /// What happened, without a full stop.
    let title: Label
    /// What to do next, with the command to run where there is one.
    let hint: Label

    init(_ name: String, zh: String, en: String, hintZh: String, hintEn: String) {
        self.name = name
        title = Label(zh: zh, en: en)
        hint = Label(zh: hintZh, en: hintEn)
    }
}

extension Problem.Code {
    /// The stable name for programs, such as `unknown-field`.
    package var name: String { texts.name }
    /// What happened, when nothing more exact is known.
    package var title: Label { texts.title }
    /// What to do next.
    package var hint: Label { texts.hint }

    /// One line a code and no default, so that the compiler names the code that has no texts: hence its length.
    private var texts: ProblemTexts {
        switch self {
        case .usage: .usage
        case .notJoined: .notJoined
        case .alreadyJoined: .alreadyJoined
        case .notInitialised: .notInitialised
        case .alreadyInitialised: .alreadyInitialised
        case .badDocument: .badDocument
        case .badMapping: .badMapping
        case .notABundle: .notABundle
        case .syncRunning: .syncRunning
        case .badInvitation: .badInvitation
        case .plainHTTPRefused: .plainHTTPRefused
        case .damagedBackup: .damagedBackup
        case .bundleForAnother: .bundleForAnother
        case .stationInUse: .stationInUse
        case .unknownKind: .unknownKind
        case .unknownField: .unknownField
        case .badValue: .badValue
        case .derivedField: .derivedField
        case .immutableField: .immutableField
        case .appendOnly: .appendOnly
        case .deskOnly: .deskOnly
        case .systemKind: .systemKind
        case .unknownRecord: .unknownRecord
        case .recordExists: .recordExists
        case .recordDeleted: .recordDeleted
        case .missingParent: .missingParent
        case .outOfScope: .outOfScope
        case .setTooLarge: .setTooLarge
        case .waitingForRecord: .waitingForRecord
        case .newerSchema: .newerSchema
        case .notQuarantined: .notQuarantined
        case .unknownConflict: .unknownConflict
        case .reasonNeeded: .reasonNeeded
        case .sameThingExists: .sameThingExists
        case .clockImpossible: .clockImpossible
        case .malformedSet: .malformedSet
        case .futureBase: .futureBase
        case .nothingToChange: .nothingToChange
        case .unknownScope: .unknownScope
        case .cannotCalculate: .cannotCalculate
        case .missingParameter: .missingParameter
        case .badPack: .badPack
        case .unknownPack: .unknownPack
        case .packExists: .packExists
        case .untrustedPack: .untrustedPack
        case .trainingNeeded: .trainingNeeded
        case .outsideCalendar: .outsideCalendar
        case .refusedMove: .refusedMove
        case .conflictClosed: .conflictClosed
        case .badForm: .badForm
        case .answersRefused: .answersRefused
        case .visitClosed: .visitClosed
        case .unknownAccount: .unknownAccount
        case .accountExists: .accountExists
        case .weakPassword: .weakPassword
        case .samePerson: .samePerson
        case .changedMeanwhile: .changedMeanwhile
        case .unsigned: .unsigned
        case .badSignature: .badSignature
        case .staleNonce: .staleNonce
        case .unknownDevice: .unknownDevice
        case .revoked: .revoked
        case .invitationUsed: .invitationUsed
        case .invitationUnknown: .invitationUnknown
        case .invitationExpired: .invitationExpired
        case .wrongServerKey: .wrongServerKey
        case .wrongPassword: .wrongPassword
        case .accountLocked: .accountLocked
        case .notSignedIn: .notSignedIn
        case .notPermitted: .notPermitted
        case .forgedForm: .forgedForm
        case .passwordChangeNeeded: .passwordChangeNeeded
        case .badRequest: .badRequest
        case .gap: .gap
        case .chainForked: .chainForked
        case .epochChanged: .epochChanged
        case .cursorTooOld: .cursorTooOld
        case .bodyTooLarge: .bodyTooLarge
        case .tooManyRequests: .tooManyRequests
        case .notFound: .notFound
        case .unsupportedMedia: .unsupportedMedia
        case .protocolVersion: .protocolVersion
        case .digestMismatch: .digestMismatch
        case .busy: .busy
        case .methodNotAllowed: .methodNotAllowed
        case .unreachable: .unreachable
        case .resetLoop: .resetLoop
        case .historyRewritten: .historyRewritten
        case .blobMismatch: .blobMismatch
        case .unknownBlob: .unknownBlob
        case .blobTooLarge: .blobTooLarge
        case .blobsWaiting: .blobsWaiting
        case .storage: .storage
        case .internalError: .internalError
        case .cannotCreate: .cannotCreate
        case .unreadableFile: .unreadableFile
        case .storageFull: .storageFull
        case .replicaDamaged: .replicaDamaged
        case .authorityDamaged: .authorityDamaged
        case .cannotListen: .cannotListen
        case .alreadyServed: .alreadyServed
        case .noNetworkLibrary: .noNetworkLibrary
        }
    }
}
