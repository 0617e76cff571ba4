package import SyncEngine

/// One item of the checklist of a policy: what an applicant brings, or what nobody asks him for because the township
/// gets it by itself (R37, R38).
package struct PolicyProof: Hashable, Sendable {
    package let code: String
    package let label: Label
    /// Empty for every programme.
    package let programmes: [Programme]
    /// Who writes or issues it; of a shared one, who shares it.
    package let issuer: Label
    /// The law that it rests on.
    package let basis: String
    /// The township gets it by sharing: an applicant is not asked for it.
    package let isShared: Bool
    package let source: PolicySource

    func isFor(_ programme: Programme?) -> Bool {
        programmes.isEmpty || programme.map(programmes.contains) ?? false
    }

    /// `code`, `zh`, `en`, `issuer` {`zh`, `en`}, `basis`, `article` (null where the document gives none), `demo`,
    /// `shared`.
    package var document: JSONValue {
        let article: JSONValue = if case .article(let article) = source { .string(article) } else { .null }
        return .object([
            ("code", .string(code)), ("zh", .string(label.zh)), ("en", .string(label.en)),
            ("issuer", .object([("zh", .string(issuer.zh)), ("en", .string(issuer.en))])), ("basis", .string(basis)),
            ("article", article), ("demo", .bool(source == .demo)), ("shared", .bool(isShared)),
        ])
    }
}

extension PolicyPack {
    /// The checklist of a programme, in the pack's order; of none named, what holds for every one.
    package func proofs(of programme: Programme?) -> [PolicyProof] { proofs.filter { $0.isFor(programme) } }

    /// Asking an applicant for this is against the policy.
    /// - Returns: why; `nil` when it may be asked for.
    package func refusal(ofAskingFor code: String?, programme: Programme?) -> Refusal? {
        let list = proofs(of: programme)
        let proof = list.first { $0.code == code }
        let reason: Refusal.Reason
        if let proof {
            guard proof.isShared else { return nil }
            reason = .init(
                CaseRule(38),
                Label(
                    zh: "“\(proof.label.zh)”由镇（街）向\(proof.issuer.zh)共享获取，不再要求申请人提供",
                    en:
                        "the township gets “\(proof.label.en)” from \(proof.issuer.en); the applicant is not asked for it"
                ))
        } else {
            let known = list.filter { !$0.isShared }.map(\.code).joined(separator: ", ")
            reason = .init(
                CaseRule(37),
                Label(
                    zh: "政策包 \(name) 的材料清单里没有“\(code ?? "")”；可以要求的：\(known)",
                    en: "“\(code ?? "")” is not on the checklist of \(name); it may be: \(known)"))
        }
        return Refusal(move: Label(zh: "要求申请人提供材料", en: "ask the applicant for a proof"), reasons: [reason])
    }
}

extension DocumentReader {
    /// The checklist; no item twice for one programme.
    mutating func proofs(in place: Place) -> [PolicyProof] {
        var proofs: [PolicyProof] = []
        for object in objects("proofs", in: place) {
            guard let proof = proof(object) else { continue }
            let isTwice = proofs.contains { other in
                other.code == proof.code && Programme.allCases.contains { other.isFor($0) && proof.isFor($0) }
            }
            if isTwice { report(object.name("code"), "\(proof.code) 重复", "\(proof.code) is there twice") }
            proofs.append(proof)
        }
        return proofs
    }

    private mutating func proof(_ place: Place) -> PolicyProof? {
        allow(["code", "zh", "en", "programmes", "issuer", "basis", "shared", "article", "demo"], in: place)
        let source = policySource(in: place)
        let programmes = texts("programmes", in: place, codes: Programme.titles) ?? []
        let issuer = policyLabel("issuer", in: place)
        let isShared = flag("shared", in: place) ?? false
        guard let code = text("code", in: place, required: true), let zh = text("zh", in: place, required: true),
            let en = text("en", in: place, required: true), let basis = text("basis", in: place, required: true),
            let issuer, let source
        else { return nil }
        return PolicyProof(
            code: code, label: Label(zh: zh, en: en), programmes: programmes.compactMap(Programme.init),
            issuer: issuer, basis: basis, isShared: isShared, source: source)
    }
}
