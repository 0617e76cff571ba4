import SyncEngine
import Testing

@testable import CommandSupport

@Suite struct LanguageTests {
    @Test(
        arguments: [
            ([:], Language.en), (["LANG": "zh_CN.UTF-8"], .zh), (["LANG": "ZH"], .zh), (["LANG": "C.UTF-8"], .en),
            (["LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"], .en), (["LC_MESSAGES": "zh_TW", "LANG": "en_US"], .zh),
            (["RUHU_LANG": "zh", "LC_ALL": "C", "LANG": "C"], .zh), (["RUHU_LANG": "en", "LANG": "zh_CN"], .en),
            (["LANG": "azh"], .en),
        ] as [([String: String], Language)])
    func theFirstVariableThatIsSetDecides(environment: [String: String], language: Language) {
        #expect(Language { environment[$0] } == language)
    }

    @Test func textsAreChosenWhenTheyAreAskedFor() {
        let label = Label(zh: "户", en: "Household")
        #expect(label.text(in: .zh) == "户")
        for (language, text) in [(Language.zh, "户"), (.en, "Household")] {
            Language.$preferred.withValue(language) {
                #expect(label.text() == text)
                #expect(L("户", "Household") == text)
            }
        }
    }
}
