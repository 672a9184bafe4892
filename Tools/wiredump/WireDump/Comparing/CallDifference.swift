import Wire

/// A call that two recordings have, and how the one in the second differs from that in the first; or one that only one of them has.
package struct CallDifference: Sendable, Hashable {
    package let method: String
    /// The value by which calls were matched, as far as it may be told; nil where they were by their order alone.
    package let key: String?
    /// Of the calls of this method and with this key, counted from one.
    package let number: Int
    package let left: Call.ID?
    package let right: Call.ID?
    package let differences: Differences
    /// Nanoseconds that the calls took, where the second took too long.
    package let slowness: Slowness?

    package struct Slowness: Sendable, Hashable {
        package let left: UInt64
        package let right: UInt64
    }

    package var lines: [String] {
        let place = (key.map { "\(JSONText.name($0)) " } ?? "") + "#\(number)"
        let ends = "left \(left?.text ?? "none")  right \(right?.text ?? "none")"
        let told = differences.lines { difference in
            "\(difference.path): \(difference.left.map { "\($0)" } ?? "none") | \(difference.right.map { "\($0)" } ?? "none")"
        }
        let slow = slowness.map { ["time: \(ClockText.duration($0.left)) | \(ClockText.duration($0.right))"] } ?? []
        return ["\(JSONText.name(method))  \(place)  \(ends)"] + (told + slow).map { "    " + $0 }
    }

    /// The same as an object of JSON.
    package var json: String {
        var json = JSONText()
        json.object { json in
            json.key("method")
            json.string(method)
            if let key {
                json.key("key")
                json.string(key)
            }
            json.key("number")
            json.number(number)
            for (side, call) in [("left", left), ("right", right)] {
                json.key(side)
                if let call { json.string(call.text) } else { json.null() }
            }
            json.key("differences")
            json.array { json in for difference in differences.first { difference.write(&json) } }
            if differences.count > differences.first.count {
                json.key("more_differences")
                json.number(differences.count - differences.first.count)
            }
            if let slowness {
                json.key("left_ns")
                json.number(slowness.left)
                json.key("right_ns")
                json.number(slowness.right)
            }
        }
        return json.text
    }
}

extension Difference {
    fileprivate func write(_ json: inout JSONText) {
        json.object { json in
            json.key("path")
            json.string(path)
            // What one side has not is absent here too.
            for (side, value) in [("left", left), ("right", right)] {
                guard let value else { continue }
                json.key(side)
                value.write(&json)
            }
        }
    }
}
