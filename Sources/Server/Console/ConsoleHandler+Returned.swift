import Assistance
import CommandSupport
import Hummingbird
import Markup
import SyncEngine

/// A form that is refused comes back on its page: one way for every page of the console.
extension ConsoleHandler {
    /// The page that the form stood on, drawn anew for the same person, with the form filled in as it was sent.
    /// - Returns: `nil` where there is no such page, or where it cannot be shown any more.
    func returned(
        _ refused: Refused, to asked: ConsoleRequest, after work: Work, input: ConsoleInput
    ) async -> Response? {
        guard let address = asked.form["page"].flatMap({ PageAddress($0) }), let (route, parts) = address.route else {
            return nil
        }
        let sent = ReturnedForm(
            action: input.address, fields: asked.form, refused: refused)
        let again = asked.again(at: address, parts: parts, returned: sent)
        let here = input.showing(address.link)
        let office = console.township.identity.name
        let draw: @Sendable () throws -> String? = {
            try Language.$preferred.withValue(input.language) { () -> String? in
                try again.person.check(route.permission)
                return try VillageNames.$current.withValue(try console.villageNames()) {
                    guard case .page(let page) = try route.answer(console, again) else { return nil }
                    let layout = PageLayout(
                        title: page.title, person: again.person, office: office, token: input.token, input: here,
                        seq: page.seq)
                    return layout.page(sent.standing(in: try page.body()))
                }
            }
        }
        // What took long to be refused may take as long to be shown again.
        let isLong = work == .long || route.work(again) == .long
        let text = try? await isLong ? long.run(for: asked.person.name, draw) : run(draw)
        return text.map { Self.html($0, status: refused.problem.httpStatus) }
    }
}
