import ArgumentParser

/// Which connections of a capture are looked at.
struct PortOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A port of servers: other connections are left alone, and it is known who is the client. May be given several times.",
            valueName: "port"))
    var port: [UInt16] = []

    var ports: Set<UInt16> { Set(port) }
}
