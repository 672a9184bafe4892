/// The name of an instance of the service, and of one life of it: from a start to the next.
struct InstanceName: Sendable, Hashable {
    /// What the names of all lives begin with.
    let prefix: String
    /// The name of this life.
    let worker: String

    init(_ instance: String, life: UInt64 = .random(in: 0 ... .max)) {
        prefix = instance + " "
        worker = prefix + String(life, radix: 36)
    }

    /// What a life holds for as long as it lasts.
    var lock: String { "huleedu llm-provider " + prefix }
}
