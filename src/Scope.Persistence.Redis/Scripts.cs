namespace GoGoScope.Persistence.Redis;

/// <summary>
/// What runs inside Redis. A script does one key, so that it works in a cluster; whatever it names is passed in KEYS or, for
/// channels, which have no place there, in ARGV.
/// </summary>
/// <remarks>Lua's numbers are doubles: exact for times and fences, microseconds until the year 2255, but not for versions.</remarks>
internal static class Scripts
{
    /// <summary>KEYS: any, it only leads to a node. Returns what that says of its memory and its role; nothing where it may not be asked.</summary>
    internal const string Info =
        """
        local function says(section)
          local answer = redis.pcall('INFO', section)
          return type(answer) == 'string' and answer or ''
        end
        return says('memory') .. says('replication')
        """;

    /// <summary>KEYS: the record. Returns it, as <see cref="RecordText.ParseAnswer"/> reads it.</summary>
    internal static readonly Script Read = new(
        """
        local t = redis.call('TIME')
        return '0' .. string.format('%016.0f', t[1] * 1000000 + t[2]) .. (redis.call('GET', KEYS[1]) or '')
        """);

    /// <summary>
    /// KEYS: any, it only leads to a node. ARGV: the cursor; the pattern of keys; how many to look at. Returns the next cursor, the clock, and
    /// of each text that was found its key and itself.
    /// </summary>
    internal static readonly Script List = new(
        """
        local t = redis.call('TIME')
        local page = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', ARGV[3])
        local found = { page[1], string.format('%016.0f', t[1] * 1000000 + t[2]) }
        for _, key in ipairs(page[2]) do
          local text = redis.pcall('GET', key)
          if type(text) == 'string' then
            found[#found + 1] = key
            found[#found + 1] = text
          end
        end
        return found
        """);

    /// <summary>
    /// KEYS: the record. ARGV: the swap, as <see cref="SwapText"/> writes it; then the channels of those who are woken. Returns
    /// what <see cref="RecordText.ParseAnswer"/> reads.
    /// </summary>
    internal static readonly Script Swap = new(
        """
        local t = redis.call('TIME')
        local now = t[1] * 1000000 + t[2]
        local clock = string.format('%016.0f', now)
        local record = redis.call('GET', KEYS[1])
        local free, fence = true, 0
        if record then
          free, fence = #record == 32, tonumber(string.sub(record, 17, 32))
          if not fence then return '0' .. clock .. record end
        end

        local swap = ARGV[1]
        local function number(place) return tonumber(string.sub(swap, 33 + place * 20, 52 + place * 20)) end
        local expected, version, body = string.sub(swap, 1, 16), string.sub(swap, 17, 32), string.sub(swap, 113)
        local as_expected = free
        if expected ~= '0000000000000000' then as_expected = record and string.sub(record, 1, 16) == expected end
        if not as_expected or now < number(0) or now >= number(1) then return '0' .. clock .. (record or '') end

        if free and fence < now then fence = now end
        fence = fence + number(3)
        local needed = now
        if body ~= '' then needed = number(2) end
        -- the next record starts at the clock, which must be later than this fence, also when it has been set back by a minute
        if needed < fence + 60000000 then needed = fence + 60000000 end
        local digits = string.format('%016.0f', fence)
        if body == '' and needed <= now then
          redis.call('DEL', KEYS[1])
        else
          local function write()
            return redis.pcall('SET', KEYS[1], version .. digits .. body, 'PX', string.format('%.0f', math.max(0, math.ceil((needed - now) / 1000)) + 1))
          end
          local written = write()
          if written.err and record and string.find(written.err, 'OOM', 1, true) then
            -- no memory for more, but what replaces a record needs none: only the first write of a script is refused, so one that changes nothing goes before it
            redis.pcall('PERSIST', KEYS[1])
            written = write()
          end
          if written.err then return written end
        end

        if ARGV[2] then
          local news = version .. digits .. clock .. string.format('%08d', #KEYS[1]) .. KEYS[1] .. body
          for i = 2, #ARGV do redis.call('PUBLISH', ARGV[i], news) end
        end
        return '1' .. clock .. digits
        """);
}
