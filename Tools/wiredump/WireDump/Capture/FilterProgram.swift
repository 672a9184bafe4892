/// A program of classic BPF in the making, with names for the places that it jumps to.
///
/// A condition can jump no further than 255 instructions, so it only steps over a jump that can go anywhere.
struct FilterProgram {
    typealias Instruction = PacketFilter.Instruction

    /// A place further on.
    struct Label: Hashable {
        fileprivate let number: Int
    }

    enum Size: UInt16 {
        case word = 0x00
        case half = 0x08
        case byte = 0x10
    }

    private enum Code {
        static let loadAbsolute: UInt16 = 0x20
        static let loadIndexed: UInt16 = 0x40
        static let loadHeaderLength: UInt16 = 0xB1
        static let shiftRight: UInt16 = 0x74
        static let jump: UInt16 = 0x05
        static let jumpIfEqual: UInt16 = 0x15
        static let jumpIfAnyOf: UInt16 = 0x45
        static let end: UInt16 = 0x06
    }

    private var instructions: [Instruction] = []
    /// Which instructions jump where.
    private var jumps: [(instruction: Int, label: Label)] = []
    private var places: [Label: Int] = [:]
    private var labels = 0

    mutating func label() -> Label {
        labels += 1
        return Label(number: labels)
    }

    /// Says that the label stands before the next instruction.
    mutating func place(_ label: Label) { places[label] = instructions.count }

    mutating func load(_ size: Size, _ place: UInt32) { append(Code.loadAbsolute | size.rawValue, place) }

    /// Loads the version that an IP header begins with.
    mutating func loadVersion() {
        load(.byte, 0)
        append(Code.shiftRight, 4)
    }

    /// Finds where the header of IPv4 ends, for loads from behind it.
    mutating func loadIPv4HeaderLength() { append(Code.loadHeaderLength, 0) }
    mutating func load(_ size: Size, behindHeader place: UInt32) { append(Code.loadIndexed | size.rawValue, place) }

    mutating func jump(to label: Label, ifEqual value: UInt32) { jump(to: label, Code.jumpIfEqual, value) }

    mutating func jump(to label: Label, unlessEqual value: UInt32) {
        append(Code.jumpIfEqual, value, ifTrue: 1, ifFalse: 0)
        jump(to: label)
    }

    /// Jumps where one of these bits is set.
    mutating func jump(to label: Label, ifAnyOf bits: UInt32) { jump(to: label, Code.jumpIfAnyOf, bits) }

    mutating func jump(to label: Label) {
        jumps.append((instructions.count, label))
        append(Code.jump, 0)
    }

    /// - Parameter bytes: of the packet that are passed on; none leaves it out.
    mutating func end(_ bytes: UInt32) { append(Code.end, bytes) }

    /// - Precondition: every label that is jumped to stands behind the jump.
    func assembled() -> [Instruction] {
        var assembled = instructions
        for (instruction, label) in jumps {
            guard let place = places[label], place > instruction else { preconditionFailure("a jump leads forward") }
            assembled[instruction] = Instruction(
                code: Code.jump, jumpIfTrue: 0, jumpIfFalse: 0, operand: UInt32(place - instruction - 1))
        }
        return assembled
    }

    private mutating func jump(to label: Label, _ code: UInt16, _ value: UInt32) {
        append(code, value, ifTrue: 0, ifFalse: 1)
        jump(to: label)
    }

    private mutating func append(_ code: UInt16, _ operand: UInt32, ifTrue: UInt8 = 0, ifFalse: UInt8 = 0) {
        instructions.append(Instruction(code: code, jumpIfTrue: ifTrue, jumpIfFalse: ifFalse, operand: operand))
    }
}
