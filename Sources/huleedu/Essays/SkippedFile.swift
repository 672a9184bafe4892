/// An entry of the folder that is no essay, and why.
struct SkippedFile: Sendable, Hashable {
    /// Why an entry was left out.
    enum Reason: Sendable, Hashable {
        case hidden
        case otherExtension
        case subfolder
        /// A link whose target does not exist.
        case brokenLink
        /// A link that leads back to itself.
        case linkLoop
        /// A pipe, a socket, a device.
        case notARegularFile
    }

    /// The entry's name; bytes that are not UTF-8 show as replacement characters.
    let name: String
    let reason: Reason

    /// The reason as a person reads it.
    func explanation(in language: Language) -> String {
        switch reason {
        case .hidden:
            language.say("hidden file", "dold fil")
        case .otherExtension:
            language.say("neither .txt nor .md", "varken .txt eller .md")
        case .subfolder:
            language.say("a folder; subfolders are not searched", "en mapp; undermappar genomsöks inte")
        case .brokenLink:
            language.say("a link to a file that does not exist", "en länk till en fil som inte finns")
        case .linkLoop:
            language.say("a link that leads back to itself", "en länk som leder tillbaka till sig själv")
        case .notARegularFile:
            language.say("not a regular file", "inte en vanlig fil")
        }
    }
}
