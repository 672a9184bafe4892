import ArgumentParser

/// Of which methods calls are told.
struct MethodOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Only calls of a method, as 'huleedu.cj.v1.CJAssessment/*'; * stands for any text. May be given several times.",
            valueName: "pattern"))
    var method: [String] = []
}
