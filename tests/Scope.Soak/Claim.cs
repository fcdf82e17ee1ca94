using System.Globalization;

namespace GoGoScope.Soak;

/// <summary>A process was certain to hold this, from when to when, by the machine's clock that all processes share.</summary>
/// <param name="Key">Of what.</param>
/// <param name="Permits">How many permits it has altogether; 1 for a lock, 0 if it was held for reading.</param>
/// <param name="Weight">How many permits were held.</param>
/// <param name="Token">The fencing token.</param>
/// <param name="From">After it was acquired.</param>
/// <param name="Until">Before the guard said, for the last time, that it holds.</param>
/// <param name="Process">Who.</param>
internal sealed record Claim(string Key, int Permits, int Weight, long Token, long From, long Until, string Process)
{
    internal bool IsRead => Permits == 0;

    /// <summary>Whether others may hold it at the same time.</summary>
    internal bool IsShared => Permits != 1;

    /// <summary>Reads <c>held KEY MODE WEIGHT TOKEN FROM UNTIL</c>.</summary>
    internal static Claim Parse(string[] words, string process) => new(words[1], PermitsOf(words[2]), int.Parse(words[3], CultureInfo.InvariantCulture), Number(words[4]), Number(words[5]), Number(words[6]), process);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Process} held {Key} ({(IsRead ? "read" : $"{Weight} of {Permits}")}, token {Token}) from {From} to {Until}");

    private static int PermitsOf(string mode) => mode switch
    {
        "read" => 0,
        "exclusive" => 1,
        _ => int.Parse(mode["of-".Length..], CultureInfo.InvariantCulture),
    };

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
