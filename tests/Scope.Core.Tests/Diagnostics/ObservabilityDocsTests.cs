using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;
using System.Reflection;
using System.Text.RegularExpressions;
using GoGoScope.Testing;
using GoGoScope.Tests.Run;

namespace GoGoScope.Tests.Diagnostics;

/// <summary>docs/observability.md names all there is to be seen.</summary>
[TestFixture]
[NonParallelizable]
public sealed class ObservabilityDocsTests
{
    private static readonly string Page = Repository.Read("docs/observability.md");

    [Test]
    public async Task Every_instrument_is_explained_with_its_unit_and_its_tags()
    {
        var instruments = new List<Instrument>();
        var tags = new ConcurrentDictionary<string, ConcurrentDictionary<string, bool>>();
        using (var listener = new MeterListener())
        {
            listener.InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name != Telemetry.Name) return;
                instruments.Add(instrument);
                own.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<long>((instrument, _, with, _) => Note(instrument, with));
            listener.SetMeasurementEventCallback<double>((instrument, _, with, _) => Note(instrument, with));
            listener.Start();
            await MeasureEverythingAsync(hasFailed: () => tags.TryGetValue("gogoscope.store.operation.duration", out var with) && with.ContainsKey("error.type"));
            await Waiting.Until(() => tags.Count == instruments.Count, $"all are measured, and not only {string.Join(", ", tags.Keys)}");
        }

        Assert.That(instruments, Has.Count.EqualTo(9));
        foreach (var instrument in instruments)
        {
            var row = Regex.Match(Page, $@"^\| `{instrument.Name}` \| [^|]+ \| {Regex.Escape($"`{instrument.Unit}`")} \| (?<tags>[^|]+) \|", RegexOptions.Multiline);
            Assert.That(row.Success, instrument.Name);
            Assert.That(row.Groups["tags"].Value.Split(", "), Is.EquivalentTo(tags[instrument.Name].Keys.Select(Short)), instrument.Name);
        }

        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> with)
        {
            var known = tags.GetOrAdd(instrument.Name, static _ => new());
            foreach (var tag in with) known[tag.Key] = true;
        }
    }

    [Test]
    public void Every_tag_span_and_event_is_named()
    {
        string[] words = [.. Constants(typeof(Tag)), .. Constants(typeof(LockObservation)), .. Constants(typeof(LockOutcome)), .. Constants(typeof(RenewalOutcome)), .. Constants(typeof(StoreCalls))];
        Assert.That(words, Has.Length.GreaterThan(20));
        Assert.That(words.Where(word => !Page.Contains($"`{word}`", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Every_event_is_explained_with_its_number_and_its_level()
    {
        var events = typeof(GoGoScopeEventSource).GetMethods(BindingFlags.Instance | BindingFlags.NonPublic)
            .Where(method => method.IsDefined(typeof(EventAttribute))).Select(method => (method.Name, About: method.GetCustomAttribute<EventAttribute>()!)).ToList();
        Assert.That(events, Is.Not.Empty);
        Assert.That(
            Regex.Matches(Page, @"^\| (\d+) `(\w+)` \| (\w+) \|", RegexOptions.Multiline).Select(row => $"{row.Groups[1]} {row.Groups[2]} {row.Groups[3]}"),
            Is.EquivalentTo(events.Select(one => $"{one.About.EventId} {one.Name} {$"{one.About.Level}".ToLowerInvariant()}")));
    }

    private static IEnumerable<string> Constants(Type type) =>
        type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Where(field => field.IsLiteral && field.FieldType == typeof(string)).Select(field => (string)field.GetRawConstantValue()!);

    /// <summary>As the column of tags calls it.</summary>
    private static string Short(string tag) => tag.StartsWith("gogoscope.", StringComparison.Ordinal) ? tag[(tag.LastIndexOf('.') + 1)..] : tag;

    private static async Task MeasureEverythingAsync(Func<bool> hasFailed)
    {
        var time = new ManualTimeProvider();
        var store = new FaultyLockStore(new InMemoryLockStore(time), time: time);
        var provider = new LeasedLockProvider(store, new LeaseOptions { TimeProvider = time, StoreTimeout = TimeSpan.FromSeconds(1) });
        var one = new Lock(CancellationToken.None, new LockOptions { Key = "k", Provider = provider, TimeProvider = time, TimeToLive = TimeSpan.FromSeconds(30) });
        var first = await one.AcquireAsync();
        var second = one.AcquireAsync().AsTask();
        await first.DisposeAsync();
        var guard = await second.Soon();
        time.Advance(TimeSpan.FromSeconds(10));
        await Waiting.Until(() => provider.IsQuiet, "the lease is renewed");
        store.Outage = StoreOutage.Refuses;
        time.Advance(TimeSpan.FromSeconds(10));
        await Waiting.Until(hasFailed, "a renewal has failed");
        var lost = guard.LostToken;
        await Waiting.Until(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return lost.IsCancellationRequested;
            },
            "the lease is lost");
        store.Outage = StoreOutage.None;
        var ended = provider.DisposeAsync().AsTask();
        await Waiting.Until(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                return ended.IsCompleted;
            },
            "it has ended");
    }
}
