using System.Text;

namespace GoGoScope.Tests.Compilation;

/// <summary>What a flow of work, and all that it begins, writes to the console; others write at the same time, and theirs goes where it went before.</summary>
internal static class ConsoleOutput
{
    private static readonly AsyncLocal<TextWriter?> Written = new();

    static ConsoleOutput() => Console.SetOut(new Divider(Console.Out));

    internal static async Task<IReadOnlyList<string>> OfAsync(Func<Task> work)
    {
        var text = new StringWriter();
        Written.Value = TextWriter.Synchronized(text);
        await work();
        return text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
    }

    private sealed class Divider(TextWriter before) : TextWriter
    {
        public override Encoding Encoding => before.Encoding;

        private TextWriter Here => Written.Value ?? before;

        public override void Write(char value) => Here.Write(value);

        public override void Write(string? value) => Here.Write(value);

        public override void Write(char[] buffer, int index, int count) => Here.Write(buffer, index, count);

        public override void Write(ReadOnlySpan<char> buffer) => Here.Write(buffer);

        public override void Flush() => Here.Flush();
    }
}
