using GoGoScope.Tool;

if (OperatingSystem.IsLinux()) ChildChange.AllowWaiting();

// This program starts itself again for that.
if (OperatingSystem.IsLinux() && args.Length > SupervisorSettings.Words && args[0] == SupervisorSettings.Command) return Supervisor.Run(args);

try
{
    return await Commands.RunAsync(args).ConfigureAwait(false);
}
catch (InterruptedException) when (OperatingSystem.IsLinux())
{
    Said.Finish();
    return InterruptedException.End();
}
catch (BrokenPipeException)
{
    return ExitCode.OfSignal(Signal.BrokenPipe);
}
catch (ToolException e)
{
    Said.Line(e.Message);
    return e.ExitCode;
}
finally
{
    Said.Finish();
}
