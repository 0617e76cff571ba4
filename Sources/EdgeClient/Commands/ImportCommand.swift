import ArgumentParser
import CommandSupport

struct ImportCommand: ParsableCommand {
    static var configuration: CommandConfiguration { CommandConfiguration(commandName: "import") }
}
