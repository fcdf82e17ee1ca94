using System.Globalization;
using Npgsql;

namespace GoGoScope.Persistence.Postgres;

/// <summary>
/// What keeps a table safe that is empty after a crash. A row of that table, the epoch, without which no swap succeeds, goes with
/// all others; an ordinary table remembers the longest lease that was ever allowed, and a new epoch begins only when the last lease
/// of the one before must have ended.
/// </summary>
/// <remarks>
/// <para>What must hold: a lease that a swap has granted ends at most <c>longest</c> after that swap, by the row of the epoch, which
/// never says more than the ordinary table, where it was written first or by the same transaction. The loss is noted when
/// somebody finds no epoch, so after the last swap of it; a new one begins <c>longest</c> after that, and in the transaction
/// that takes the note back.</para>
/// <para>A server that takes over from another one (a new timeline) may not have heard of the end of the last wait, and so does not
/// trust a note that the other one made.</para>
/// </remarks>
internal sealed class Epoch
{
    private const string EpochsTable = "gogoscope_epochs";

    // As good as no end, and far enough from where numbers end.
    private const long Forever = long.MaxValue / 4;

    // The part of a segment's name that a promotion changes.
    private const string Timeline = "left(pg_walfile_name(pg_current_wal_lsn()), 8)";

    private readonly string _locks;
    private readonly string _epochs;
    private readonly string _locksText;
    private readonly string _isThere;
    private readonly string _own;

    internal Epoch(Table table, PostgresStoreOptions options)
    {
        if (options.Table == EpochsTable)
            throw new ArgumentException($"The table \"{EpochsTable}\" belongs to all locks that are {nameof(PostgresDurability.Fast)}: give this one another name.", nameof(options));
        _locks = table.Name;
        _epochs = $"{table.SchemaName}.{Table.Quote(EpochsTable)}";
        _locksText = Literal(options.Table);
        var own = (decimal)(options.LongestTimeToLive.Ticks / TimeSpan.TicksPerMicrosecond) + (options.KeptAfterLeases.Ticks / TimeSpan.TicksPerMicrosecond);
        Own = (long)Math.Min(own, Forever);
        _own = Own.ToString(CultureInfo.InvariantCulture);
        _isThere = $"EXISTS (SELECT FROM {_locks} WHERE key = '')";
    }

    /// <summary>The longest time for which this process lets a record be kept, in microseconds.</summary>
    internal long Own { get; }

    /// <summary>What every swap depends on, beside its own conditions; parameters as there.</summary>
    internal string Holds =>
        $" AND EXISTS (SELECT FROM {_locks} e WHERE e.key = '' AND e.keep_until >= {_own} AND ($3 IS NULL OR $5 - {Table.Clock} <= e.keep_until))";

    /// <summary>The longest time that the epoch allows, in microseconds; null if there is no epoch.</summary>
    internal string Longest => $"(SELECT e.keep_until FROM {_locks} e WHERE e.key = '')";

    /// <summary>The table of epochs, as a text for <c>to_regclass</c>.</summary>
    internal string TableName => _epochs;

    // A commit that a crash may take back would be no note.
    internal const string CommitDurably =
        "SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')";

    internal string CreateTable =>
        $"""
        CREATE TABLE IF NOT EXISTS {_epochs} (
          locks    text   PRIMARY KEY,  -- an unlogged table of locks in this schema
          longest  bigint NOT NULL,     -- for how long a lease was ever allowed, in microseconds
          lost_at  bigint,              -- when it was noticed that the locks are gone, in microseconds since 1970; null while they are there
          timeline text   NOT NULL      -- where that was noticed
        )
        """;

    /// <summary>
    /// The row of the table of locks, before that is created. One that is new has lost nothing, and need not wait: as if it had
    /// been lost long ago.
    /// </summary>
    internal string InsertRow =>
        $"""
        INSERT INTO {_epochs} (locks, longest, lost_at, timeline)
        SELECT {_locksText}, {_own}, CASE WHEN to_regclass({Literal(_locks)}) IS NULL THEN -{Forever} END, {Timeline}
            ON CONFLICT DO NOTHING
        """;

    /// <summary>Returns if there is an epoch that allows as much as this process does, which may be one that it has begun.</summary>
    /// <exception cref="InvalidOperationException">There is none, and it is too early for another; the message says until when.</exception>
    internal async ValueTask<bool> BeginAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Whoever waits polls often, and must not write each time.
        var look = Commands.NewBatch(connection);
        look.BatchCommands.Add(new NpgsqlBatchCommand(Look));
        if (await IsThereAsync(look, isLast: false, cancellationToken).ConfigureAwait(false)) return true;

        var begin = Commands.NewBatch(connection);
        foreach (var text in new[] { CommitDurably, KeepRow, KeepEpoch, Note, Insert, Raise, Look }) begin.BatchCommands.Add(new NpgsqlBatchCommand(text));
        return await IsThereAsync(begin, isLast: true, cancellationToken).ConfigureAwait(false);
    }

    // One after another, and each sees in the next statement what the one before has done.
    private string KeepRow => $"SELECT FROM {_epochs} WHERE locks = {_locksText} FOR UPDATE";

    private string KeepEpoch => $"SELECT FROM {_locks} WHERE key = '' FOR UPDATE";

    private string Note =>
        $"""
        UPDATE {_epochs}
           SET longest = greatest(longest, {_own}), timeline = {Timeline},
               lost_at = CASE WHEN {_isThere} THEN NULL
                              WHEN lost_at IS NULL OR timeline <> {Timeline} THEN {Table.Clock}
                              WHEN {Table.Clock} < lost_at + greatest(longest, {_own}) THEN lost_at END
         WHERE locks = {_locksText}
        """;

    private string Insert =>
        $"""
        INSERT INTO {_locks} (key, name, version, fence, body, keep_until)
        SELECT '', 'the epoch: without this row nobody gets a lock', 0, {Table.Clock}, NULL, longest
          FROM {_epochs} WHERE locks = {_locksText} AND lost_at IS NULL AND NOT {_isThere}
        """;

    private string Raise => $"UPDATE {_locks} l SET keep_until = e.longest FROM {_epochs} e WHERE l.key = '' AND e.locks = {_locksText} AND l.keep_until < e.longest";

    private string Look =>
        $"""
        SELECT {Table.Clock}, d.longest, CASE WHEN d.timeline = {Timeline} THEN d.lost_at END, {Longest}
          FROM (VALUES (1)) AS always LEFT JOIN {_epochs} d ON d.locks = {_locksText}
        """;

    /// <summary>Whether the epoch is there; the last word on it if <paramref name="isLast"/>.</summary>
    private async ValueTask<bool> IsThereAsync(NpgsqlBatch batch, bool isLast, CancellationToken cancellationToken)
    {
        await using (batch.ConfigureAwait(false))
        {
            var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (reader.FieldCount < 4)
                {
                    if (!await reader.NextResultAsync(cancellationToken).ConfigureAwait(false)) break;
                }
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                var now = reader.GetInt64(0);
                if (reader.IsDBNull(1)) throw new InvalidOperationException($"The table {_epochs} has no row for {_locks}: call {nameof(PostgresLockStore.EnsureSchemaAsync)} once.");
                var longest = reader.GetInt64(1);
                long? lostAt = reader.IsDBNull(2) ? null : reader.GetInt64(2);
                var isThere = !reader.IsDBNull(3) && reader.GetInt64(3) >= Own;
                while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false)) { }
                if (isThere) return true;
                var mustWait = lostAt is { } lost && longest >= Own && now < lost + longest;
                if (!mustWait && !isLast) return false;
                throw Lost((lostAt ?? now) + longest, now);
            }
        }
    }

    private InvalidOperationException Lost(long until, long now)
    {
        var latest = (DateTime.MaxValue.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        var time = DateTime.UnixEpoch.AddTicks(Math.Min(until, latest) * TimeSpan.TicksPerMicrosecond);
        var rest = TimeSpan.FromSeconds(Math.Ceiling((Math.Min(until, latest) - now) / 1e6));
        return new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture,
            $"The server has lost all locks of {_locks}, which are not written ahead to disk ({nameof(PostgresDurability)}.{nameof(PostgresDurability.Fast)}): it has crashed or failed over, or somebody has emptied the table. Leases that were granted before may last until {time:yyyy-MM-dd'T'HH:mm:ss'Z'} by its clock, {rest} from now, and nobody is granted anything before that."));
    }

    private static string Literal(string text) => $"E'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";
}
