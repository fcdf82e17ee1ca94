using Spectre.Console;

namespace GoGoScope.Quickstart.Tests;

public class ProgressDisplayTests
{
    [TestCase(8, new[] { "run: 2 of 8", "run: 4 of 8", "run: 6 of 8", "run: 8 of 8" })]
    [TestCase(1, new[] { "run: 1 of 1" })]
    [TestCase(3, new[] { "run: 1 of 3", "run: 2 of 3", "run: 3 of 3" })]
    public async Task Without_a_terminal_it_is_a_few_plain_lines(int steps, string[] lines)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });

        await ProgressDisplay.ShowAsync(console, progress =>
        {
            var advance = progress.Begin("run", steps);
            for (var step = 0; step < steps; step++) advance();
            return Task.FromResult(0);
        });

        Assert.That(output.ToString(), Is.EqualTo(string.Concat(lines.Select(line => line + "\n"))));
    }
}
