package import SyncEngine

/// How little an applicant is bothered (R38, R40, R45).
extension CaseFile {
    /// Why the applicant may not be asked for this proof; `nil` when he may. Without a policy nothing may be asked.
    package func refusal(ofAskingFor code: String?) -> Refusal? {
        pack?.refusal(ofAskingFor: code, programme: programme)
    }

    /// The visits of the applicant to a counter, in the order of their days.
    package var trips: [Linked] {
        all("trip").map { ($0.day("on")?.daysSinceEpoch ?? .max, $0.record.id, $0) }
            .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }

    /// At most one trip (R45): how often the applicant came, and what caused each trip after the first.
    package var tripFinding: Finding? {
        guard trips.count > 1 else { return nil }
        func causes(_ unknown: String, _ separator: String) -> String {
            trips.dropFirst().map { trip in
                [trip.day("on")?.description, trip.text("why") ?? unknown].compactMap(\.self).joined(separator: " ")
            }.joined(separator: separator)
        }
        return Finding(
            .warning, field: "trips",
            Label(
                zh: "申请人已跑 \(trips.count) 次，最多跑一次（R45）；再跑的原因：\(causes("未写明", "；"))",
                en: "The applicant came \(trips.count) times, and should come once (R45); again for: "
                    + causes("not said", "; ")))
    }

    /// Those who live in the household and are registered in another district, of whom nobody has found out yet whether
    /// they receive 低保 there (R40). They are asked for no certificate.
    package var awaitingVerification: [Linked] {
        guard programme == .dibao, let district = home?.record.scope.code.prefix(6) else { return [] }
        let verified = Set(
            all("verification").filter { $0.text("result") != nil && $0.day("verified_on") != nil }
                .compactMap { $0.value("member").recordID })
        return present.filter { member in
            member.text("registered_at").map { $0 != district } ?? false && !verified.contains(member.record.id)
        }
    }

    /// One of them receives 低保 where he is registered, as the last verification says (R40).
    var isReceivedElsewhere: Bool {
        guard programme == .dibao else { return false }
        return present.contains { member in
            let last = all("verification").last { $0.value("member").recordID == member.record.id }
            return last?.text("result") == "receiving"
        }
    }
}
