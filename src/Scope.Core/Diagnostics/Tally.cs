using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace GoGoScope;

/// <summary>
/// What is counted on behalf of others, to be told soon (<see cref="Listeners"/>). Until it is told it is added up, so nothing is lost however much there is.
/// </summary>
internal sealed class Tally(Counter<long> counter)
{
    private readonly ConcurrentDictionary<(string Provider, string? Outcome), Sum> _sums = new();

    internal void Add(long count, string provider, string? outcome) =>
        _sums.GetOrAdd((provider, outcome), static (of, counter) => new Sum(counter, of.Provider, of.Outcome), counter).Add(count);

    private sealed class Sum
    {
        private readonly Action _tell;
        private long _untold;

        internal Sum(Counter<long> counter, string provider, string? outcome)
        {
            KeyValuePair<string, object?>[] tags = outcome is null ? [Tag.Provider(provider)] : [Tag.Provider(provider), Tag.Outcome(outcome)];
            _tell = () => Telemetry.Tell(() => counter.Add(Interlocked.Exchange(ref _untold, 0), tags));
        }

        internal void Add(long count)
        {
            // Who finds something untold finds somebody who will tell it.
            if (Interlocked.Add(ref _untold, count) == count) Listeners.TellSurely(_tell);
        }
    }
}
