using Analyzer = GoGoScope.Analyzers.LockStatementAnalyzer;
using Fix = GoGoScope.Analyzers.AcquireLockCodeFix;

namespace GoGoScope.Analyzers.Tests;

/// <summary>GGS0003.</summary>
[TestFixture]
public sealed class LockStatementTests
{
    [TestCase("lock ([|m|]) { }")]
    [TestCase("lock ([|permits|]) { }")]
    [TestCase("lock ([|scope.CreateLock()|]) { }")]
    [TestCase("object same = m;\nlock ((object)[|m|]) { }")]
    [TestCase("Monitor.Enter([|m|]);")]
    [TestCase("if (Monitor.TryEnter([|m|], 5)) return;")]
    public async Task A_monitor_on_a_lock_or_a_semaphore(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("lock (new object()) { }")]
    [TestCase("lock (new System.Threading.Lock()) { }")]
    [TestCase("Monitor.Enter(new object());")]
    [TestCase("await using (await m.AcquireAsync()) { }")]
    public async Task Other_monitors_and_locks_are_none_of_its_business(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("// careful\nlock ([|m|])\n{\n    Console.WriteLine();\n}", "// careful\nawait using (await m.AcquireAsync(token))\n{\n    Console.WriteLine();\n}")]
    [TestCase("lock ([|permits|]) Console.WriteLine();", "await using (await permits.AcquireAsync(token)) Console.WriteLine();")]
    public async Task It_is_acquired_with_the_token_at_hand(string before, string after) => await Code.FixesAsync<Analyzer, Fix>(Code.Method(before), Code.Method(after));

    [Test]
    public async Task It_is_acquired_without_a_token_where_there_is_none() =>
        await Code.FixesAsync<Analyzer, Fix>(Code.Method("lock ([|m|]) { }", "async Task WorkAsync()"), Code.Method("await using (await m.AcquireAsync()) { }", "async Task WorkAsync()"));

    [Test]
    public async Task It_is_acquired_with_a_token_whose_name_is_a_keyword() => await Code.FixesAsync<Analyzer, Fix>(
        Code.Method("lock ([|m|]) { }", "async Task WorkAsync(CancellationToken @event)"), Code.Method("await using (await m.AcquireAsync(@event)) { }", "async Task WorkAsync(CancellationToken @event)"));

    [Test]
    public async Task Nothing_can_be_acquired_in_a_method_that_is_not_async() => await Code.OffersNoFixAsync<Analyzer, Fix>(Code.Method("lock ([|m|]) { }", "void Work()"));
}
