/// A moment between two round trips to the database at which a process may die.
///
/// Tests and drills stop a process there by name, to prove that whoever comes next finds nothing half done.
public struct Checkpoint: Sendable, Hashable, CustomStringConvertible {
    /// Where a piece of work stands.
    public enum Step: Sendable, Hashable {
        /// Before the round trip with this number, from one, is sent.
        case before(Int)
        /// Once the round trip with this number has been answered.
        case after(Int)
        case beforeCommit
        /// Once the commit has been answered, before anybody else hears of it.
        case afterCommit
    }

    /// Name of the unit of work, or of the function that runs a single statement.
    public let work: String
    public let step: Step

    public init(work: String, step: Step) {
        self.work = work
        self.step = step
    }

    /// `consume-events.after-commit`, say: the name in small letters, then the step.
    public var description: String {
        let name = work.prefix { $0 != "(" }.map { $0 == " " ? "-" : $0 }
        return String(name) + "." + step.text
    }
}

extension Checkpoint.Step {
    fileprivate var text: String {
        switch self {
        case .before(let number): "before-\(number)"
        case .after(let number): "after-\(number)"
        case .beforeCommit: "before-commit"
        case .afterCommit: "after-commit"
        }
    }
}
