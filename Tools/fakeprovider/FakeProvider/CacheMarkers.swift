/// Reads and checks `cache_control`, wherever it stands.
enum CacheMarkers {
    static let maxBreakpoints = 4

    /// The lifetime that `field` asks for, or nil when it carries no marker.
    static func lifetime(_ field: Field) throws(ProviderError) -> PromptSegment.Lifetime? {
        guard let marker = field.optional("cache_control") else { return nil }
        try marker.object().allowOnly(["type", "ttl"])
        _ = try marker.required("type").choice(["ephemeral"])
        guard let ttl = marker.optional("ttl") else { return .fiveMinutes }
        return PromptSegment.Lifetime(rawValue: try ttl.choice(["5m", "1h"]))
    }

    /// The marker at the top of a request stands for one on its last piece.
    static func applyAutomatic(_ body: Field, to segments: inout [PromptSegment]) throws(ProviderError) {
        guard let lifetime = try lifetime(body), let last = segments.indices.last else { return }
        if let explicit = segments[last].breakpoint {
            guard explicit == lifetime else {
                throw .invalid("cache_control: the last block carries a cache_control with another ttl")
            }
            return
        }
        guard segments.count(where: { $0.breakpoint != nil }) < maxBreakpoints else {
            throw .invalid("cache_control: automatic caching needs one of the \(maxBreakpoints) breakpoints, and all are taken")
        }
        segments[last].breakpoint = lifetime
    }

    static func check(_ segments: [PromptSegment]) throws(ProviderError) {
        let marked = segments.filter { $0.breakpoint != nil }
        guard marked.count <= maxBreakpoints else {
            throw .invalid("A maximum of \(maxBreakpoints) blocks with cache_control may be provided. Found \(marked.count).")
        }
        guard let firstShort = marked.firstIndex(where: { $0.breakpoint == .fiveMinutes }) else { return }
        if let late = marked[firstShort...].first(where: { $0.breakpoint == .oneHour }) {
            throw .invalid(
                at: "\(late.path).cache_control.ttl",
                "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. "
                    + "Note that blocks are processed in the following order: `tools`, `system`, `messages`.")
        }
    }
}
