import ArgumentParser
import ServiceKit

/// `huleedu access`
struct AccessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "access",
        abstract: "Make tokens for callers of the services, and check who may call what.",
        discussion: """
            A service that is run with --access FILE asks who calls. The file has a line for each role, token and certificate; # begins a \
            remark:

              role         backend   huleedu.cj.v1.CJAssessment/*  huleedu.wire.v1.Health/Check
              role         operator  *
              role         anyone    huleedu.wire.v1.Health/*
              token        portal    sha256:…  backend
              certificate  portal.example.org  backend

            A role says what may be called: a method, all of a service, or everything; the role anyone is everybody's. A caller has the roles of \
            its token, which it sends as metadata 'authorization: Bearer TOKEN' with its first call on a connection or with each, and \
            of the names in its TLS certificate, where the service asks for one. What nobody is allowed is refused. The file is \
            read again when it has changed, and connections are held to it with their next call.

            Tokens and essays can be read on the way unless the service is run with --tls-certificate.
            """,
        subcommands: [Token.self, Check.self])

    /// `huleedu access token`
    struct Token: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token. It is told once and kept nowhere: the file has what SHA-256 makes of it.")

        @Argument(help: ArgumentHelp("What its owner is called.", valueName: "name"))
        var name: String
        @Argument(help: ArgumentHelp("The roles it gives.", valueName: "role"))
        var roles: [String]

        func validate() throws {
            guard ([name] + roles).allSatisfy({ !$0.isEmpty && !$0.contains { $0.isWhitespace || $0 == "#" } }) else {
                throw ValidationError("Names and roles are single words without #.")
            }
            guard !roles.isEmpty else { throw ValidationError("Name at least one role.") }
        }

        func run() async throws {
            let status = await CommandFailure.reported {
                let token = AccessTable.newToken()
                try StandardOutput.write(
                    """
                    token for \(name), to be told to nobody else:  \(token)
                    line for the file:  token \(name) sha256:\(AccessTable.digest(of: token)) \(roles.joined(separator: " "))

                    """)
                return 0
            }
            throw ExitCode(status)
        }
    }

    /// `huleedu access check`
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read a file of who may call what as a service would, and tell what is wrong with it.")

        @Argument(help: ArgumentHelp("The file.", valueName: "file"), completion: .file())
        var file: String

        func run() async throws {
            let status = await CommandFailure.reported {
                let table = try AccessFile.read(file)
                try StandardOutput.write("\(table.summary)\n")
                return 0
            }
            throw ExitCode(status)
        }
    }
}
