using Analyzer = GoGoScope.Analyzers.ValueTaskTwiceAnalyzer;
using Fix = GoGoScope.Analyzers.KeepTaskCodeFix;

namespace GoGoScope.Analyzers.Tests;

/// <summary>GGS0004.</summary>
[TestFixture]
public sealed class ValueTaskTwiceTests
{
    [TestCase("var task = m.AcquireAsync();\nawait using (await task) { }\nawait using (await [|task|]) { }")]
    [TestCase("var task = m.AcquireAsync();\nawait UseAsync((await task, await [|task|]));")]
    [TestCase("var task = field.RenewAsync(TimeSpan.FromSeconds(1));\nawait task.ConfigureAwait(false);\nif (token.CanBeCanceled) await [|task|];")]
    [TestCase("var task = m.AcquireAsync();\nif ((await task).IsHeld) Console.WriteLine((await [|task|]).Key);")]
    [TestCase("var task = m.AcquireAsync();\nvar one = task.AsTask();\nvar other = [|task|].AsTask();\nvar third = [|task|].Result;")]
    public async Task A_result_that_is_taken_again(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("var task = m.AcquireAsync();\nawait using var guard = await task;")]
    [TestCase("var task = m.AcquireAsync();\nvar guard = task.IsCompleted ? task.Result : await task;")]
    [TestCase("var task = m.AcquireAsync();\nif (token.CanBeCanceled) { await task; return; }\nawait task;")]
    [TestCase("var task = m.AcquireAsync();\nif (token.CanBeCanceled) await task; else await task;")]
    [TestCase("var task = m.AcquireAsync();\nawait task;\ntask = m.AcquireAsync();\nawait task;")]
    [TestCase("var task = m.AcquireAsync().AsTask();\nawait task;\nawait task;")]
    [TestCase("var task = m.AcquireAsync().Preserve();\nawait task;\nawait task;")]
    [TestCase("var task = m.AcquireAsync();\ntry { await task; } catch (IOException) { await task; }")]
    [TestCase("switch (token.CanBeCanceled)\n{\n    case true: var task = m.AcquireAsync(); await task; break;\n    default: task = m.AcquireAsync(); await task; break;\n}")]
    public async Task One_way_to_a_result_is_none_of_its_business(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [Test]
    public async Task It_becomes_a_task() => await Code.FixesAsync<Analyzer, Fix>(
        Code.Method("var task = field.RenewAsync(TimeSpan.FromSeconds(1));\nawait task;\nawait [|task|];"),
        Code.Method("var task = field.RenewAsync(TimeSpan.FromSeconds(1)).AsTask();\nawait task;\nawait task;"));

    [TestCase("ValueTask task = field.RenewAsync(TimeSpan.FromSeconds(1));\nawait task;\nawait [|task|];")]
    [TestCase("var task = field.RenewAsync(TimeSpan.FromSeconds(1));\nvar one = task.AsTask();\nawait [|task|];")]
    public async Task It_does_not_become_one_that_would_not_fit(string code) => await Code.OffersNoFixAsync<Analyzer, Fix>(Code.Method(code));

    /// <summary>Whoever awaits it again would get the guard that was disposed.</summary>
    [TestCase("var task = m.AcquireAsync();\nawait using (await task) { }\nawait using (await [|task|]) { }")]
    [TestCase("var task = m.TryAcquireAsync();\nawait task;\nawait [|task|];")]
    [TestCase("var task = scope.AcquireLocksAsync([\"a\"]);\nawait task;\nawait [|task|];")]
    public async Task Nor_does_one_of_a_guard(string code) => await Code.OffersNoFixAsync<Analyzer, Fix>(Code.Method(code));
}
