using System.Globalization;

namespace GoGoScope.Testing.Worker;

/// <summary>As many files as there are permits, each of which the file system lets only one make at a time: whoever holds a permit has to find one.</summary>
internal sealed class ExclusiveFiles(string folder, int count)
{
    /// <summary>Takes some of them, and others get their chance to come beside for <paramref name="time"/>; whether the last one was among them.</summary>
    internal async Task<bool> UseAsync(int wanted, TimeSpan time)
    {
        var taken = new List<int>();
        try
        {
            for (var number = 0; number < count && taken.Count < wanted; number++)
            {
                if (TryMake(number)) taken.Add(number);
            }
            if (taken.Count < wanted) throw new InvalidOperationException($"{wanted} permits are held, and only {taken.Count} files were left of {count}.");
            await Task.Delay(time);
            return taken[^1] == count - 1;
        }
        finally
        {
            foreach (var number in taken) File.Delete(PathOf(number));
        }
    }

    private bool TryMake(int number)
    {
        try
        {
            using var file = new FileStream(PathOf(number), FileMode.CreateNew, FileAccess.Write);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private string PathOf(int number) => Path.Combine(folder, number.ToString(CultureInfo.InvariantCulture));
}
