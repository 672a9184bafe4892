/// A text to be judged, with the name under which every output speaks of it.
struct Essay: Sendable, Hashable {
    /// The file's name as the file system gave it, in its own Unicode form.
    let id: String
    /// Without byte order mark, with `\n` line ends, without white space at either end; never blank.
    let text: String
}
