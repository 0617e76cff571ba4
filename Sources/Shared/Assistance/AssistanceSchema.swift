package import SyncEngine

/// The kinds of social assistance. Adding a field is one line in its kind; stores add the column themselves.
package enum AssistanceSchema {
    package static let current = Schema(
        version: 7,
        kinds: [
            householdKind, memberKind, incomeItemKind, expenseItemKind, propertyItemKind, bankAccountKind, visitKind,
            noteKind, Attachment.kind, supporterKind, PolicyPackRecord.kind, districtKeyKind, trainingKind, formKind,
        ] + CaseKinds.all + [rollKind, payFileKind, DuplicateRecord.kind, DocumentRecord.kind] + RegisterKinds.all
            // New kinds come last: search rows hold the number of a kind.
            + [Disclosure.kind] + MoneyKinds.all + [platformFileKind, questionKind, Village.kind],
        admission: CaseAdmission.rule.and(RegisterAdmission.rule).and(MoneyAdmission.rule))
}
