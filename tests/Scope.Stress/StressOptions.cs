using System.Globalization;

namespace GoGoScope.Stress;

/// <summary>What to run, from the command line.</summary>
public sealed record StressOptions
{
    /// <summary>How many times to ask for a lock.</summary>
    public long Acquisitions { get; init; } = 1_000_000;

    /// <summary>What all choices are drawn from. Which thread runs when is the machine's, so a seed repeats the mixture, not the run.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>How many tasks ask at the same time.</summary>
    public int Tasks { get; init; } = 64;

    /// <summary>How long nothing may be granted before the run counts as hung.</summary>
    public TimeSpan HangLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Reads <c>--acquisitions N --seed N --tasks N</c>.</summary>
    /// <exception cref="FormatException">Something else was given.</exception>
    public static StressOptions Parse(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var options = new StressOptions();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var value = i + 1 < arguments.Count ? arguments[i + 1] : "";
            if (!long.TryParse(value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) || number <= 0)
                throw new FormatException($"{arguments[i]} needs a number above zero, not \"{value}\".");
            options = arguments[i] switch
            {
                "--acquisitions" => options with { Acquisitions = number },
                "--seed" => options with { Seed = (int)number },
                "--tasks" => options with { Tasks = (int)number },
                _ => throw new FormatException($"There is --acquisitions, --seed and --tasks, but no {arguments[i]}."),
            };
        }
        return options;
    }
}
