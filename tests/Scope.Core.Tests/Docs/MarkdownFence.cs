namespace GoGoScope.Tests.Docs;

/// <summary>A fenced block of a Markdown file.</summary>
/// <param name="File">The file, from the root of the repository.</param>
/// <param name="Line">The line of the first line of its text, counted from 1.</param>
/// <param name="Language">The first word after the fence.</param>
/// <param name="Instructions">What follows that word.</param>
/// <param name="Given">What the comment <c>&lt;!-- given … --&gt;</c> right above the fence says: code that a reader can do without and a compiler can't.</param>
/// <param name="Text">What stands between the fences, less their indentation.</param>
internal sealed record MarkdownFence(string File, int Line, string Language, string Instructions, string Given, string Text)
{
    private const string GivenOpens = "<!-- given";
    private const string GivenCloses = "-->";

    internal static IEnumerable<MarkdownFence> Read(string file, string markdown)
    {
        var lines = markdown.ReplaceLineEndings("\n").Split('\n');
        var given = "";
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.StartsWith(GivenOpens, StringComparison.Ordinal)) given = ReadGiven(lines, ref i);
            else if (line.StartsWith("```", StringComparison.Ordinal))
            {
                yield return ReadFence(file, lines, ref i, given);
                given = "";
            }
            else if (line.Length > 0) given = "";
        }
    }

    private static string ReadGiven(string[] lines, ref int i)
    {
        var code = new List<string> { lines[i].Trim()[GivenOpens.Length..] };
        while (!code[^1].Contains(GivenCloses, StringComparison.Ordinal)) code.Add(lines[++i]);
        code[^1] = code[^1][..code[^1].IndexOf(GivenCloses, StringComparison.Ordinal)];
        return string.Join('\n', code);
    }

    private static MarkdownFence ReadFence(string file, string[] lines, ref int i, string given)
    {
        var indent = lines[i].Length - lines[i].TrimStart().Length;
        var info = lines[i].Trim()[3..].Split(' ', 2, StringSplitOptions.TrimEntries);
        var first = i + 2;
        var text = new List<string>();
        while (++i < lines.Length && lines[i].Trim() != "```")
            text.Add(lines[i].Length >= indent ? lines[i][indent..] : lines[i].TrimStart());
        if (i == lines.Length) throw new FormatException($"{file}({first - 1}): the fence is never closed.");
        return new MarkdownFence(file, first, info[0], info.Length > 1 ? info[1] : "", given, string.Join('\n', text));
    }
}
