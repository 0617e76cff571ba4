import Assistance
import CommandSupport
import Markup
import SyncEngine

/// Where a roll pays to, as a second person looks at it: what changed since a household was last paid, and who did that;
/// and what several households are paid to.
struct MoneyAccountsPart {
    let review: AccountReview
    let names: CaseNames

    /// The cases that a page of it names.
    static func cases(of review: AccountReview) -> [RecordID] {
        review.changed.prefix(MoneyPages.rows).compactMap(\.applications.first)
            + review.shared.prefix(MoneyPages.rows).flatMap { $0.applications.prefix(namedCases) }
    }

    /// Cases that are named of one account.
    private static let namedCases = 5

    var isEmpty: Bool { review.changed.isEmpty && review.shared.isEmpty }

    func body(_ basis: String) -> HTML {
        guard !isEmpty else {
            return Parts.note(
                basis + L("：没有换过账户的户，也没有几户共用的账户。", ": no account changed, and none is of several households."))
        }
        return .group([changed(basis), shared(basis)])
    }

    private func changed(_ basis: String) -> HTML {
        guard !review.changed.isEmpty else { return .empty }
        let count = review.changed.count
        return .group([
            Tag.h3(text: basis + L("：换过账户的 \(count) 户", ": accounts that changed, \(count)")),
            Parts.table(
                basis + L("：换过账户的户", ": accounts that changed"),
                CaseNames.headings + [
                    L("上次发放的账户", "Paid to last"), L("这次的账户", "Paid to now"), L("变动", "What changed"),
                    L("谁、在哪里、何时、为什么", "By whom, where, when, why"),
                ], rows: review.changed.prefix(MoneyPages.rows).map(cells)),
            MoneyParts.more(count),
        ])
    }

    private func cells(_ changed: AccountReview.Changed) -> [HTML] {
        (changed.applications.first.map { names.cells($0) } ?? [.empty, .empty, .empty, .empty]) + [
            .text(changed.beforeText),
            .group([
                .text(changed.after.masked),
                changed.isOfAnother ? Parts.badge(AccountHolder.words, .grave) : .empty,
            ]),
            .text(changed.labels.joined(separator: L("、", ", "))),
            .group(
                changed.changes.map { change in
                    Tag.p {
                        change.author + L("（\(change.place.zh)）", " (\(change.place.en)) ")
                        change.what.text() + " "
                        Parts.time(change.at)
                        change.shownReason.isEmpty ? "" : L("：", ": ") + change.shownReason
                    }
                }),
        ]
    }

    private func shared(_ basis: String) -> HTML {
        guard !review.shared.isEmpty else { return .empty }
        let count = review.shared.count
        return .group([
            Tag.h3(text: basis + L("：几户共用的账户 \(count) 个", ": accounts of several households, \(count)")),
            Parts.table(
                basis + L("：几户共用的账户", ": accounts of several households"),
                [L("账户", "Account"), L("户数", "Households"), L("户编号", "Numbers"), L("姓名", "Names")],
                rows: review.shared.prefix(MoneyPages.rows).map { shared in
                    [
                        .text(shared.account.masked), .text("\(shared.households.count)"),
                        .text(
                            shared.households.prefix(Self.namedCases).map(\.name).joined(separator: L("、", ", "))
                                + (shared.households.count > Self.namedCases ? "…" : "")),
                        .group(shared.applications.prefix(Self.namedCases).map { id in Tag.p { names.name(id) } }),
                    ]
                }, numbers: [1]),
            MoneyParts.more(count),
        ])
    }
}
