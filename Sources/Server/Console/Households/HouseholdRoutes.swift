/// The area of the households: lists, pages, where values come from, corrections, who looked.
extension Console {
    static let householdRoutes: [ConsoleRoute] =
        HouseholdsPage.routes + HouseholdPage.routes + HouseholdHistoryPage.routes + ViewsPage.routes
        + FieldTracePage.routes + PaymentTracePage.routes + EditPage.routes + NewHouseholdPage.routes
}
