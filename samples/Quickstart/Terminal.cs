using Spectre.Console;

namespace GoGoScope.Quickstart;

/// <summary>Standard output: with colours and bars on a terminal, as plain text everywhere else.</summary>
internal static class Terminal
{
    private const int PlainWidth = 100;

    public static IAnsiConsole Open()
    {
        if (!Console.IsOutputRedirected) return AnsiConsole.Console;
        var plain = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        plain.Profile.Width = PlainWidth;
        plain.Profile.Capabilities.Unicode = false;
        return plain;
    }
}
