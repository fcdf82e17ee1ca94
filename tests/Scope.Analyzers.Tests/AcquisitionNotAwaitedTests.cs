using Analyzer = GoGoScope.Analyzers.AcquisitionNotAwaitedAnalyzer;
using Fix = GoGoScope.Analyzers.AwaitAcquisitionCodeFix;

namespace GoGoScope.Analyzers.Tests;

/// <summary>GGS0002.</summary>
[TestFixture]
public sealed class AcquisitionNotAwaitedTests
{
    [TestCase("[|m.AcquireAsync(token)|];")]
    [TestCase("_ = [|scope.AcquireLockAsync(\"k\")|];")]
    [TestCase("_ = [|permits.AcquireAsync().AsTask()|];")]
    [TestCase("[|pool.AcquireAsync().ConfigureAwait(false)|];")]
    [TestCase("[|TakeAsync()|];")]
    [TestCase("var guard = [|m.AcquireAsync()|];\nConsole.WriteLine();")]
    [TestCase("Action start = () => [|m.AcquireAsync()|];")]
    public async Task A_task_of_a_guard_that_is_dropped(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("await m.AcquireAsync();")]
    [TestCase("var waiting = m.AcquireAsync();\nawait using var guard = await waiting;")]
    [TestCase("Func<ValueTask<LockGuard>> acquire = () => m.AcquireAsync();")]
    [TestCase("await UseAsync(m.AcquireAsync());")]
    [TestCase("_ = m.AcquireAsync().AsTask().ContinueWith(done => done.Result.DisposeAsync().AsTask());")]
    [TestCase("var both = Task.WhenAll(m.AcquireAsync().AsTask(), TakeAsync());")]
    [TestCase("var task = TakeAsync();\n_ = task.WaitAsync(token);\nawait using var guard = await task;")]
    [TestCase("scope.Run(ct => Task.CompletedTask);")]
    [TestCase("Throws(() => m.AcquireAsync().AsTask());")]
    public async Task A_task_that_somebody_has_is_none_of_its_business(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [Test]
    public async Task Nor_is_one_that_an_operator_gets() => await Code.ReportsAsync<Analyzer>(Code.Method("_ = (Pending)m.AcquireAsync();") + """

        class Pending
        {
            public static explicit operator Pending(ValueTask<LockGuard> task) => new();
        }
        """);

    [TestCase("[|m.TryAcquireAsync()|];")]
    [TestCase("_ = [|m.TryAcquireAsync()|];")]
    public async Task What_should_become_of_one_that_may_be_refused_is_not_obvious(string code) => await Code.OffersNoFixAsync<Analyzer, Fix>(Code.Method(code));

    [TestCase("[|m.AcquireAsync(token)|];", "await using var guard = await m.AcquireAsync(token);")]
    [TestCase("_ = [|m.AcquireAsync()|]; // ours", "await using var guard = await m.AcquireAsync(); // ours")]
    [TestCase("var held = [|m.TryAcquireAsync()|];", "await using var held = await m.TryAcquireAsync();")]
    [TestCase("var @lock = [|m.AcquireAsync()|];", "await using var @lock = await m.AcquireAsync();")]
    public async Task It_is_awaited_and_disposed(string before, string after) => await Code.FixesAsync<Analyzer, Fix>(Code.Method(before), Code.Method(after));

    [TestCase("m.AcquireAsync(token);\n_ = permits.AcquireAsync();", "await using var guard = await m.AcquireAsync(token);\nawait using var guard2 = await permits.AcquireAsync();")]
    [TestCase(
        "AfterAsync(async () => { m.AcquireAsync(); await UseAsync(1); });\nTask<LockGuard> AfterAsync(Func<Task> first) => TakeAsync();",
        "await using var guard2 = await AfterAsync(async () => { await using var guard = await m.AcquireAsync(); await UseAsync(1); });\nTask<LockGuard> AfterAsync(Func<Task> first) => TakeAsync();")]
    public async Task All_are_awaited_each_under_a_name_of_its_own(string before, string after) => await Code.FixesAllAsync<Analyzer, Fix>(Code.Method(before), Code.Method(after));

    [TestCase("Action start;\nstart = () => _ = [|m.AcquireAsync()|];")]
    [TestCase("Action start = () => _ = [|m.AcquireAsync()|];")]
    [TestCase("AppDomain.CurrentDomain.ProcessExit += (sender, e) => _ = [|m.AcquireAsync()|];")]
    public async Task The_statement_around_a_lambda_is_not_its_own(string code) => await Code.OffersNoFixAsync<Analyzer, Fix>(Code.Method(code));

    [Test]
    public async Task Nothing_can_be_awaited_in_a_method_that_is_not_async() =>
        await Code.OffersNoFixAsync<Analyzer, Fix>(Code.Method("[|m.AcquireAsync()|];", "void Work()"));
}
