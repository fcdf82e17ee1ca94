namespace GoGoScope.Tool;

/// <summary>The numbers of signals on Linux.</summary>
internal static class Signal
{
    internal const int Hangup = 1;
    internal const int Interrupt = 2;
    internal const int Quit = 3;
    internal const int Kill = 9;
    internal const int User1 = 10;
    internal const int User2 = 12;
    internal const int BrokenPipe = 13;
    internal const int Terminate = 15;
    internal const int Child = 17;
    internal const int Continue = 18;
    internal const int TerminalStop = 20;
    internal const int TerminalInput = 21;
    internal const int TerminalOutput = 22;

    /// <summary>What is passed on to the program.</summary>
    internal static readonly int[] Forwarded = [Hangup, Interrupt, Quit, User1, User2, Terminate];

    /// <summary>
    /// What a supervisor never hears of, since it has to be there until the program has ended: what is meant for the program, which service managers send
    /// to all processes of a service and terminals to all of a group, and what stops those who use a terminal from the background.
    /// </summary>
    internal static readonly int[] NotForSupervisors = [.. Forwarded, Continue, TerminalStop, TerminalInput, TerminalOutput];

    /// <summary>The name, as kill -l gives it; its number for one that is not named here.</summary>
    internal static string NameOf(int signal) => signal switch
    {
        Hangup => "HUP",
        Interrupt => "INT",
        Quit => "QUIT",
        Kill => "KILL",
        User1 => "USR1",
        User2 => "USR2",
        Terminate => "TERM",
        _ => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{signal}"),
    };
}
