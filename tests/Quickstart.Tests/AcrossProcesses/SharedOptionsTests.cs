namespace GoGoScope.Quickstart.Tests;

/// <summary>Options for several processes that can't be carried out: one line that says why, and exit code 2.</summary>
[Parallelizable]
[CancelAfter(60_000)]
public sealed class SharedOptionsTests
{
    [TestCase("--provider must be memory, file:///DIRECTORY, redis://HOST:PORT, postgres://USER@HOST:PORT/DATABASE, mysql://USER@HOST:PORT/DATABASE or mongodb://HOST:PORT/DATABASE. See --help.", "--provider", "mongodb://ada:secret@localhost")]
    [TestCase("--provider must be memory, file:///DIRECTORY, redis://HOST:PORT, postgres://USER@HOST:PORT/DATABASE, mysql://USER@HOST:PORT/DATABASE or mongodb://HOST:PORT/DATABASE. In a name or a password, ?, #, / and @ are written %3F, %23, %2F and %40. See --help.", "--provider", "postgres://ada:2024?secret@localhost/shop")]
    [TestCase("--processes must be a whole number from 1 to 16, not \"0\". See --help.", "--processes", "0")]
    [TestCase("--processes must be a whole number from 1 to 16, not \"17\". See --help.", "--provider", "redis://localhost", "--processes", "17")]
    [TestCase("--kill-every must be a whole number from 1 to 86400, not \"0\". See --help.", "--kill-every", "0")]
    [TestCase("--duration must be a whole number from 1 to 86400, not \"x\". See --help.", "--provider", "redis://localhost", "--duration", "x")]
    [TestCase("Redis at 127.0.0.1:1: can't be reached (UnableToConnect).", "--provider", "redis://:secret@127.0.0.1:1")]
    [TestCase("PostgreSQL at 127.0.0.1:1: Failed to connect to 127.0.0.1:1", "--provider", "postgres://ada:secret@127.0.0.1:1/shop")]
    [TestCase("MySQL at 127.0.0.1:1: Unable to connect to any of the specified MySQL hosts.", "--provider", "mysql://ada:secret@127.0.0.1:1/shop")]
    [TestCase("MySQL at 127.0.0.1:1: the URL names no database; it looks like mysql://USER@HOST:PORT/DATABASE.", "--provider", "mysql://ada:secret@127.0.0.1:1")]
#if NO_MONGODB
    [TestCase("MongoDB at 127.0.0.1:1: the quickstart was built without MongoDB's driver, which the package source lacked.", "--provider", "mongodb://127.0.0.1:1/shop")]
#else
    [TestCase("MongoDB at 127.0.0.1:1: can't be reached.", "--provider", "mongodb://127.0.0.1:1/shop")]
#endif
    public async Task What_is_wrong_is_one_line(string message, params string[] args)
    {
        var result = await QuickstartProcess.RunAsync(TestContext.CurrentContext.CancellationToken, args);

        Assert.That(result.Errors, Is.EqualTo(new[] { message }));
        Assert.That(result.Output, Is.Empty);
        Assert.That(result.ExitCode, Is.EqualTo(2));
    }
}
