import Assistance
import SyncEngine

/// What a role may do at the desk (DOMAIN section 1, R1).
enum Permission: String, CaseIterable, Sendable {
    /// Look at pages, personal numbers and illnesses masked.
    case look
    /// Conflicts, duplicates, cases up to the decision, notices, documents, the month's roll and files.
    case work
    /// Sign decisions and approve what others prepared.
    case approve
    /// Draw samples, write findings and guidance.
    case supervise
    /// Write entries of the registers: each its own (``Register/isSupervision``).
    case register
    /// Ask, with a reason, for what is masked.
    case disclose

    func isGiven(to role: Role) -> Bool {
        switch self {
        case .look, .disclose: true
        case .work: [.clerk, .reviewer, .leader].contains(role)
        // R1: the district sets policy and supervises; it cannot approve.
        case .approve: role == .leader
        case .supervise: [.leader, .district].contains(role)
        case .register: Self.work.isGiven(to: role) || Self.supervise.isGiven(to: role)
        }
    }
}

/// A person at the desk.
struct Person: Hashable, Sendable {
    let name: String
    let fullName: String
    let role: Role
    let mustChangePassword: Bool

    /// As the log names the person: readable, and nobody else's.
    var author: String { fullName.isEmpty || fullName == name ? name : "\(fullName)(\(name))" }

    /// - Throws: ``Problem`` ``Problem/Code/notPermitted``.
    func check(_ permission: Permission) throws {
        guard permission.isGiven(to: role) else {
            throw Problem(.notPermitted, role.label.text())
        }
    }
}
