import CommandSupport
import EdgeClient

await CommandLineRunner.main(Ruhu.self)
