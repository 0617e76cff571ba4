/// What went wrong, in a form that programs and people can act on (RFC 9457 on the wire). Numbers are stable and
/// never reused: 10xx the command line, 20xx a change set or value, 30xx enrolment, signatures and accounts, 40xx the
/// protocol, 50xx the machine.
package struct Problem: Error, Hashable, Sendable {
    package let code: Code
    /// What it is about: a field, an id, a line; shown after the message. Never a secret or personal data.
    package let subject: String
    /// A more exact message than the code's, in both languages, when there is one.
    package let explanation: Label?
    /// What to do next, when the code's own hint does not fit. It is told where the problem arises and goes over no wire.
    package let hint: Label?

    package init(_ code: Code, _ subject: String = "", explanation: Label? = nil, hint: Label? = nil) {
        self.hint = hint
        self.code = code
        self.subject = subject
        self.explanation = explanation
    }

    package enum Code: Int, Sendable, CaseIterable {
        // The command line and files given to it.
        case usage = 1001
        case notJoined = 1002
        case alreadyJoined = 1003
        case notInitialised = 1004
        case alreadyInitialised = 1005
        case badDocument = 1006
        case badMapping = 1007
        case notABundle = 1008
        case syncRunning = 1009
        case badInvitation = 1010
        case plainHTTPRefused = 1011
        case damagedBackup = 1012
        case bundleForAnother = 1013
        case stationInUse = 1020

        // Change sets and values.
        case unknownKind = 2001
        case unknownField = 2002
        case badValue = 2003
        case derivedField = 2004
        case immutableField = 2005
        case appendOnly = 2006
        case deskOnly = 2007
        case systemKind = 2008
        case unknownRecord = 2009
        case recordExists = 2010
        case recordDeleted = 2011
        case missingParent = 2012
        case outOfScope = 2013
        case setTooLarge = 2014
        case waitingForRecord = 2015
        case newerSchema = 2016
        case notQuarantined = 2017
        case unknownConflict = 2018
        case reasonNeeded = 2019
        case sameThingExists = 2020
        case clockImpossible = 2021
        case malformedSet = 2022
        case futureBase = 2023
        case nothingToChange = 2024
        case unknownScope = 2025
        case outsideCalendar = 2030
        case refusedMove = 2031
        case conflictClosed = 2032
        case cannotCalculate = 2040
        case missingParameter = 2041
        case badPack = 2042
        case unknownPack = 2043
        case packExists = 2044
        case untrustedPack = 2045
        case trainingNeeded = 2046
        case badForm = 2050
        case answersRefused = 2051
        case visitClosed = 2052
        case unknownAccount = 2060
        case accountExists = 2061
        case weakPassword = 2062
        case samePerson = 2063
        case changedMeanwhile = 2064

        // Enrolment and signatures.
        case unsigned = 3001
        case badSignature = 3002
        case staleNonce = 3003
        case unknownDevice = 3004
        case revoked = 3005
        case invitationUsed = 3006
        case invitationUnknown = 3007
        case invitationExpired = 3008
        case wrongServerKey = 3009
        case wrongPassword = 3010
        case accountLocked = 3011
        case notSignedIn = 3012
        case notPermitted = 3013
        case forgedForm = 3014
        case passwordChangeNeeded = 3015

        // The protocol.
        case badRequest = 4001
        case gap = 4002
        case chainForked = 4003
        case epochChanged = 4004
        case cursorTooOld = 4005
        case bodyTooLarge = 4006
        case tooManyRequests = 4007
        case notFound = 4008
        case unsupportedMedia = 4009
        case protocolVersion = 4010
        case digestMismatch = 4011
        case busy = 4012
        case methodNotAllowed = 4013
        case unreachable = 4014
        case historyRewritten = 4015
        case resetLoop = 4016
        case blobMismatch = 4020
        case unknownBlob = 4021
        case blobTooLarge = 4022
        case blobsWaiting = 4023

        // The machine.
        case storage = 5001
        case internalError = 5002
        case cannotCreate = 5003
        case unreadableFile = 5004
        case storageFull = 5005
        case replicaDamaged = 5006
        case authorityDamaged = 5007
        case cannotListen = 5008
        case alreadyServed = 5009
        case noNetworkLibrary = 5010
    }
}
