extension LuaDissector {
    static let head = """
        -- Dissects calls in the ttrpc format in Wireshark and tshark, 3.6 or newer. Written by 'wiredump dissector'; it shows all that was said.
        --
        -- Put it into the folder that Help > About Wireshark > Folders calls Personal Lua Plugins, or: tshark -X lua_script:huleedu.lua

        """

    /// What follows the tables. It is for Lua 5.2 as well as 5.4: Wireshark has had both.
    static let program = #"""
        local types = {
          [1] = "request", [2] = "response", [3] = "data", [0x81] = "ping", [0x82] = "pong", [0x83] = "go-away",
          [0x84] = "window", [0x85] = "cancel",
        }
        local codes = {
          [0] = "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
          "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
          "UNAUTHENTICATED",
        }
        local header_bytes, longest_frame, deepest = 10, 4194304, 32

        local proto = Proto("huleedu", "HuleEdu calls (ttrpc)")
        local field = {
          length = ProtoField.uint32("huleedu.length", "Length"),
          stream = ProtoField.uint32("huleedu.stream", "Stream"),
          type = ProtoField.uint8("huleedu.type", "Type", base.DEC, types),
          flags = ProtoField.uint8("huleedu.flags", "Flags", base.HEX),
          closed = ProtoField.bool("huleedu.flags.closed", "Sends no more", 8, nil, 1),
          open = ProtoField.bool("huleedu.flags.open", "Will send data", 8, nil, 2),
          no_data = ProtoField.bool("huleedu.flags.no_data", "No message inside", 8, nil, 4),
          more = ProtoField.bool("huleedu.flags.more", "The message goes on", 8, nil, 8),
          method = ProtoField.string("huleedu.method", "Method"),
          timeout = ProtoField.double("huleedu.timeout", "Timeout (s)"),
          metadata = ProtoField.string("huleedu.metadata", "Metadata"),
          status = ProtoField.int32("huleedu.status", "Status", base.DEC, codes),
          status_message = ProtoField.string("huleedu.status.message", "Status message"),
          message = ProtoField.string("huleedu.message", "Message"),
          field = ProtoField.string("huleedu.field", "Field"),
        }
        proto.fields = field
        local tcp_stream = Field.new("tcp.stream")

        -- Method and server's port of the calls that were seen, by connection and stream.
        local calls = {}
        function proto.init() calls = {} end

        -- A number and where it ends; nil where it does not. Negative ones have ten bytes and count down from 2^64.
        local function varint(tvb, at, stop)
          local value, rest = 0, 0
          for index = 0, 9 do
            if at + index >= stop then return nil end
            local byte = tvb(at + index, 1):uint()
            local bits = byte % 128
            value = value + bits * 2 ^ (7 * index)
            rest = rest + (index < 9 and 127 - bits or 1 - bits % 2) * 2 ^ (7 * index)
            if byte < 128 then
              return value, at + index + 1, index == 9 and -(rest + 1) or value
            end
          end
          return nil
        end

        -- The fields of a message; nil where the bytes are none.
        local function fields(tvb, at, stop)
          local found = {}
          while at < stop do
            local start = at
            local tag, number, wire
            tag, at = varint(tvb, at, stop)
            if not tag then return nil end
            number, wire = math.floor(tag / 8), tag % 8
            local entry = {number = number, wire = wire}
            if wire == 0 then
              entry.value, at, entry.signed = varint(tvb, at, stop)
              if not at then return nil end
            else
              local length = wire == 1 and 8 or wire == 5 and 4
              if wire == 2 then
                length, at = varint(tvb, at, stop)
              end
              if not length or at + length > stop then return nil end
              entry.from, entry.to = at, at + length
              at = at + length
            end
            entry.range = tvb(start, at - start)
            found[#found + 1] = entry
          end
          return found
        end

        local function text(tvb, entry)
          if not entry.from then return "" end
          return entry.to > entry.from and tvb(entry.from, entry.to - entry.from):string(ENC_UTF_8) or ""
        end

        local function whole(number) return string.format("%.0f", number) end

        local function scalar(tvb, entry, known)
          local kind, wire = known.kind, entry.wire
          if wire == 0 then
            if kind == "bool" then return entry.value ~= 0 and "true" or "false" end
            if kind == "enumeration" then return (enumerations[known.type] or {})[entry.signed] or whole(entry.signed) end
            if kind == "sint32" or kind == "sint64" then
              return whole(entry.value % 2 == 0 and entry.value / 2 or -(entry.value + 1) / 2)
            end
            return whole((kind == "int32" or kind == "int64") and entry.signed or entry.value)
          end
          local range = entry.to > entry.from and tvb(entry.from, entry.to - entry.from)
          if wire == 2 then
            if kind == "string" or kind == "bytes" then return text(tvb, entry) end
            return (entry.to - entry.from) .. " bytes of packed numbers"
          end
          if kind == "double" or kind == "float" then return tostring(range:le_float()) end
          if wire == 5 then return tostring(kind == "sfixed32" and range:le_int() or range:le_uint()) end
          return tostring(kind == "sfixed64" and range:le_int64() or range:le_uint64())
        end

        local function message(tvb, from, to, type, tree, depth)
          local entries = depth < deepest and fields(tvb, from, to)
          if not entries then
            tree:add(field.field, tvb(from, to - from), "bytes that are no message")
            return
          end
          local known = messages[type] or {}
          for _, entry in ipairs(entries) do
            local is = known[entry.number]
            if is and is.kind == "message" and entry.wire == 2 then
              message(tvb, entry.from, entry.to, is.type, tree:add(field.field, entry.range, is.name .. " (" .. is.type .. ")"), depth + 1)
            elseif is then
              tree:add(field.field, entry.range, is.name .. ": " .. scalar(tvb, entry, is))
            else
              local value = entry.wire == 0 and whole(entry.value) or (entry.to - entry.from) .. " bytes"
              tree:add(field.field, entry.range, whole(entry.number) .. ": " .. value)
            end
          end
        end

        -- A message of a call whose method may not be known.
        local function payload(tvb, from, to, type, tree)
          local branch = tree:add(field.message, tvb(from, to - from), type or "of a method that is not known")
          if to > from then message(tvb, from, to, type, branch, 0) end
        end

        local function request(tvb, stop, tree)
          local entries = fields(tvb, header_bytes, stop)
          if not entries then return nil end
          local service, name = "", ""
          for _, entry in ipairs(entries) do
            if entry.number == 1 then service = text(tvb, entry) end
            if entry.number == 2 then name = text(tvb, entry) end
          end
          local method = service .. "/" .. name
          tree:add(field.method, tvb(header_bytes, stop - header_bytes), method)
          for _, entry in ipairs(entries) do
            if entry.number == 3 and entry.from then
              payload(tvb, entry.from, entry.to, (methods[method] or {}).input, tree)
            elseif entry.number == 4 and entry.wire == 0 then
              tree:add(field.timeout, entry.range, entry.signed / 1e9)
            elseif entry.number == 5 and entry.from then
              local key, value = "", ""
              for _, part in ipairs(fields(tvb, entry.from, entry.to) or {}) do
                if part.number == 1 then key = text(tvb, part) end
                if part.number == 2 then value = text(tvb, part) end
              end
              if key:lower() == "authorization" then value = "(hidden)" end
              tree:add(field.metadata, entry.range, key .. ": " .. value)
            end
          end
          return method
        end

        local function response(tvb, stop, tree, method)
          local code, explanation = 0, nil
          for _, entry in ipairs(fields(tvb, header_bytes, stop) or {}) do
            if entry.number == 1 and entry.from then
              for _, part in ipairs(fields(tvb, entry.from, entry.to) or {}) do
                if part.number == 1 and part.wire == 0 then code = part.signed end
                if part.number == 2 then explanation = text(tvb, part) end
              end
            elseif entry.number == 2 and entry.from then
              payload(tvb, entry.from, entry.to, (methods[method] or {}).output, tree)
            end
          end
          tree:add(field.status, tvb(header_bytes, stop - header_bytes), code)
          if explanation then tree:add(field.status_message, tvb(header_bytes, stop - header_bytes), explanation) end
          return codes[code] or whole(code)
        end

        local function frame(tvb, pinfo, root)
          local length, stream, type = tvb(0, 4):uint(), tvb(4, 4):uint(), tvb(8, 1):uint()
          local stop = header_bytes + length
          local tree = root:add(proto, tvb(0, stop))
          tree:add(field.length, tvb(0, 4))
          tree:add(field.stream, tvb(4, 4))
          tree:add(field.type, tvb(8, 1))
          local flags = tree:add(field.flags, tvb(9, 1))
          for _, flag in ipairs({field.closed, field.open, field.no_data}) do flags:add(flag, tvb(9, 1)) end
          local connection = tcp_stream().value
          calls[connection] = calls[connection] or {}
          local streams = calls[connection]
          local status
          if type == 1 then streams[stream] = {method = request(tvb, stop, tree), port = pinfo.dst_port} end
          local call = streams[stream] or {}
          local method = call.method
          if type ~= 1 and method then tree:add(field.method, tvb(4, 4), method):set_generated() end
          if type == 2 then status = response(tvb, stop, tree, method) end
          local hasMessage = tvb(9, 1):uint() % 8 < 4
          if type == 3 and hasMessage then
            -- Who sent the call's request sends messages of its input.
            local is = call.port == pinfo.dst_port and "input" or "output"
            payload(tvb, header_bytes, stop, (methods[method] or {})[is], tree)
          end
          pinfo.cols.protocol = "HuleEdu"
          pinfo.cols.info:append(string.format(
            "%s #%d %s%s ", types[type] or "type " .. type, stream, method or "", status and " " .. status or ""))
          return stop
        end

        function proto.dissector(tvb, pinfo, root)
          pinfo.cols.info:clear()
          dissect_tcp_pdus(tvb, root, header_bytes, function(piece, _, at) return header_bytes + piece(at, 4):uint() end, frame)
          return tvb:len()
        end

        -- A connection's first frame on another port: a sane header, and of a request a service at the beginning.
        local function isFrame(tvb)
          if tvb:len() <= header_bytes then return false end
          local type = tvb(8, 1):uint()
          return tvb(0, 4):uint() <= longest_frame and tvb(4, 4):uint() % 2 == 1 and type == 1 and tvb(9, 1):uint() < 8
            and tvb(header_bytes, 1):uint() == 10
        end

        proto:register_heuristic("tcp", function(tvb, pinfo, root)
          if not isFrame(tvb) then return false end
          pinfo.conversation = proto
          proto.dissector(tvb, pinfo, root)
          return true
        end)
        local tcp_port = DissectorTable.get("tcp.port")
        for _, port in ipairs(ports) do tcp_port:add(port, proto) end
        tcp_port:add_for_decode_as(proto)
        """#
}
