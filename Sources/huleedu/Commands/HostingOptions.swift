import ArgumentParser

/// Where services find their database and keep their files.
struct HostingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The PostgreSQL to use, as a URI. Without it DATABASE_URL; without that a private server in the data folder.",
            valueName: "url"))
    var database: String?

    @Option(
        help: ArgumentHelp("Folder for the private PostgreSQL. Without it the user's data folder.", valueName: "dir"),
        completion: .directory)
    var data: String?

    @Option(help: ArgumentHelp("Address to listen on; anything but loopback needs --open-to-all.", valueName: "host"))
    var host = "127.0.0.1"

    @Flag(help: "Serve other machines though nobody is asked who they are ('huleedu serve' can ask).")
    var openToAll = false
}
