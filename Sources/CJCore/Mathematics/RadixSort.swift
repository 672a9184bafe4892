/// Sorting of whole numbers in time in proportion to their number.
enum RadixSort {
    private static let digitBits = 11

    /// The order in which numbers from 0 to `maximum` ascend; equal ones stay in the order given.
    static func order(of keys: [Int], maximum: Int) -> [Int32] {
        var order = keys.indices.map { Int32(truncatingIfNeeded: $0) }
        var spare = order
        let mask = 1 << digitBits - 1
        var shift = 0
        while maximum >> shift > 0 {
            var starts = [Int32](repeating: 0, count: mask + 2)
            for key in keys { starts[(key >> shift & mask) + 1] += 1 }
            for digit in 0..<mask { starts[digit + 1] += starts[digit] }
            for place in order {
                let digit = keys[Int(place)] >> shift & mask
                spare[Int(starts[digit])] = place
                starts[digit] += 1
            }
            swap(&order, &spare)
            shift += digitBits
        }
        return order
    }
}

extension Array {
    /// Puts the elements of another array of the same length into the order of whole numbers from 0 up to, but not including, `bound`, in
    /// time in proportion to the number of elements and to the bound; elements of the same number stay in the order given.
    mutating func takeSorted(_ elements: [Element], below bound: Int, by key: (Element) -> Int) {
        var places = [Int](repeating: 0, count: bound + 1)
        for element in elements { places[key(element) + 1] += 1 }
        for number in 1..<Swift.max(bound, 1) { places[number + 1] += places[number] }
        for element in elements {
            let number = key(element)
            self[places[number]] = element
            places[number] += 1
        }
    }
}
