using Spectre.Console;

namespace GoGoScope.Quickstart;

/// <summary>Shows how far each run is: as bars on a terminal, as plain lines into a file or pipe.</summary>
internal abstract class ProgressDisplay
{
    private const int PlainLines = 4;

    /// <summary>Shows a run of <paramref name="steps"/> steps from now on; call what it returns after each step, from any thread.</summary>
    public abstract Action Begin(string name, int steps);

    /// <summary>Keeps a display on <paramref name="console"/> while <paramref name="work"/> runs.</summary>
    public static Task<T> ShowAsync<T>(IAnsiConsole console, Func<ProgressDisplay, Task<T>> work)
    {
        if (console.Profile.Capabilities is not { Ansi: true, Interactive: true }) return work(new Plain(console.Profile.Out.Writer));
        return console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(context => work(new Live(context)));
    }

    private sealed class Live(ProgressContext context) : ProgressDisplay
    {
        public override Action Begin(string name, int steps)
        {
            var bar = context.AddTask(name, maxValue: steps);
            return () => bar.Increment(1);
        }
    }

    private sealed class Plain(TextWriter output) : ProgressDisplay
    {
        public override Action Begin(string name, int steps)
        {
            var done = 0;
            var gate = new object();
            return () =>
            {
                lock (gate)
                {
                    done++;
                    // a line each time another quarter is complete
                    if ((long)done * PlainLines / steps > (long)(done - 1) * PlainLines / steps)
                        output.WriteLine($"{name}: {Shown.Number(done)} of {Shown.Number(steps)}");
                }
            };
        }
    }
}
