private import CPostgres
private import Glibc

extension ConnectionHandle {
    /// Sends a statement by its text, in binary format both ways. False when the connection is broken.
    func sendUnnamed(_ query: Query) -> Bool {
        let types = query.parameters.map(\.type.rawValue)
        return query.withParameterPointers { count, values, lengths, formats in
            PQsendQueryParams(raw, query.sql, count, types, values, lengths, formats, 1) == 1
        }
    }

    /// Asks the server to prepare a statement.
    func sendPrepare(_ name: String, _ query: Query) -> Bool {
        PQsendPrepare(raw, name, query.sql, Int32(query.parameters.count), query.parameters.map(\.type.rawValue)) == 1
    }

    /// Runs a prepared statement.
    func sendPrepared(_ name: String, _ query: Query) -> Bool {
        query.withParameterPointers { count, values, lengths, formats in
            PQsendQueryPrepared(raw, name, count, values, lengths, formats, 1) == 1
        }
    }

    /// Whether there is something to read from a descriptor, be it the end.
    func hasInput(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) == 1
    }

    /// Bytes that can be read from a descriptor without waiting. Zero when that is unknown, which a limit then cannot see.
    func readableByteCount(_ descriptor: Int32) -> Int {
        var count: Int32 = 0
        guard ioctl(descriptor, UInt(FIONREAD), &count) == 0 else { return 0 }
        return Int(count)
    }
}

extension Query {
    /// Lays the values out one after the other and points the library at them; it copies them before it returns.
    fileprivate func withParameterPointers<R>(
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> R
    ) -> R {
        guard !parameters.isEmpty else { return body(0, nil, nil, nil) }
        let lengths = parameters.map { Int32(clamping: $0.bytes?.count ?? 0) }
        let formats = [Int32](repeating: 1, count: parameters.count)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: parameterByteCount + 1) { buffer in
            var pointers: [UnsafePointer<CChar>?] = []
            pointers.reserveCapacity(parameters.count)
            var offset = 0
            for parameter in parameters {
                guard let bytes = parameter.bytes else {
                    pointers.append(nil)
                    continue
                }
                // The buffer has at least one byte, so it has an address, and an empty value points at it: a null pointer is NULL.
                let start = buffer.baseAddress.map { $0 + offset }
                bytes.withUnsafeBytes { source in
                    UnsafeMutableRawBufferPointer(start: start, count: source.count).copyMemory(from: source)
                }
                pointers.append(start.map { UnsafePointer($0) })
                offset += bytes.count
            }
            return body(Int32(parameters.count), pointers, lengths, formats)
        }
    }
}
