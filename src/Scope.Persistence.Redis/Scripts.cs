namespace GoGoScope.Persistence.Redis;

/// <summary>
/// What runs inside Redis. A script does one key, so that it works in a cluster; whatever it names is passed in KEYS or, for
/// channels, which have no place there, in ARGV.
/// </summary>
/// <remarks>Lua's numbers are doubles: exact for times and fences, microseconds until the year 2255, but not for versions.</remarks>
internal static class Scripts
{
    /// <summary>KEYS: any, it only leads to a node. Returns what that says of its memory and its role.</summary>
    internal const string Info = "return redis.call('INFO', 'memory') .. redis.call('INFO', 'replication')";

    /// <summary>KEYS: the record. Returns the clock and the record; "" if there is none.</summary>
    internal const string Read =
        """
        local t = redis.call('TIME')
        return {string.format('%.0f', t[1] * 1000000 + t[2]), redis.call('GET', KEYS[1]) or ''}
        """;

    /// <summary>
    /// KEYS: the record. ARGV: the expected version, the new one, the new body, what is drawn, not before, not after, keep until;
    /// then the channels of those who are woken. Returns the clock and, if it was refused, the record; if not, the new fence and
    /// a third element, for the caller has the rest.
    /// </summary>
    internal const string Swap =
        """
        local t = redis.call('TIME')
        local now = t[1] * 1000000 + t[2]
        local clock = string.format('%.0f', now)
        local record = redis.call('GET', KEYS[1])
        local free, fence = true, 0
        if record then
          free, fence = #record == 32, tonumber(string.sub(record, 17, 32))
          if not fence then return {clock, record} end
        end

        local as_expected = free
        if ARGV[1] ~= '0000000000000000' then as_expected = record and string.sub(record, 1, 16) == ARGV[1] end
        if not as_expected or now < tonumber(ARGV[5]) or now >= tonumber(ARGV[6]) then return {clock, record or ''} end

        if free and fence < now then fence = now end
        fence = fence + ARGV[4]
        local needed = now
        if ARGV[3] ~= '' then needed = tonumber(ARGV[7]) end
        -- the next record starts at the clock, which must have come to this fence by then
        if needed < fence then needed = fence end
        local digits = string.format('%016.0f', fence)
        if ARGV[3] == '' and needed <= now then
          redis.call('DEL', KEYS[1])
        else
          redis.call('SET', KEYS[1], ARGV[2] .. digits .. ARGV[3], 'PX', string.format('%.0f', math.max(0, math.ceil((needed - now) / 1000)) + 1))
        end

        if ARGV[8] then
          local news = ARGV[2] .. digits .. string.format('%016.0f%08d', now, #KEYS[1]) .. KEYS[1] .. ARGV[3]
          for i = 8, #ARGV do redis.call('PUBLISH', ARGV[i], news) end
        end
        return {clock, digits, '1'}
        """;
}
