using System.Globalization;
using GoGoScope.Tests.Attacks;

namespace GoGoScope.Tests.Leases.Histories;

/// <summary>
/// The entry point of this assembly: runs histories, in a process of their own whose thread pool has one thread; or what else needs a process.
/// Test runners don't come here.
/// </summary>
internal static class HistoryProgram
{
    private static async Task<int> Main(string[] args)
    {
        if (args is [HostileListener.Name, var does, var when, var use])
        {
            await HostileListener.RunAsync(Enum.Parse<HostileListener.Does>(does), when, Enum.Parse<HostileListener.Use>(use));
            return 0;
        }
        if (args.Length != 3
            || !ulong.TryParse(args[0], CultureInfo.InvariantCulture, out var seed)
            || !int.TryParse(args[1], CultureInfo.InvariantCulture, out var histories)
            || !int.TryParse(args[2], CultureInfo.InvariantCulture, out var seconds))
        {
            Console.Error.WriteLine("Needs the first seed, how many histories, and after how many seconds no other one is begun.");
            return 2;
        }
        if (!QuietPoint.CanBeReached)
        {
            Console.Error.WriteLine($"Needs a thread pool of one thread: {string.Join(' ', HistoryProcess.OneThread.Select(set => $"{set.Name}={set.Value}"))}");
            return 2;
        }
        LostErrors.Watch();
        var batch = new HistoryBatch();
        var broken = await Task.Run(() => batch.RunAsync(seed, histories, TimeSpan.FromSeconds(seconds)));
        Console.WriteLine(batch.Counts);
        if (broken is null) return 0;
        Console.WriteLine(broken);
        return 1;
    }
}
