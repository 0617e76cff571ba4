import CommandSupport
import Server

await CommandLineRunner.main(RuhuServer.self)
