using Analyzer = GoGoScope.Analyzers.GuardNotDisposedAnalyzer;
using Fix = GoGoScope.Analyzers.DisposeGuardCodeFix;

namespace GoGoScope.Analyzers.Tests;

/// <summary>GGS0001.</summary>
[TestFixture]
public sealed class GuardNotDisposedTests
{
    /// <summary>What a user makes of a guard.</summary>
    private const string Lease = """

        class Lease
        {
            public static implicit operator Lease(LockGuard guard) => new();
            public static Lease operator +(Lease lease, LockGuard guard) => lease;
        }

        static class Leases
        {
            extension(LockGuard guard)
            {
                internal Lease Lent => guard;
                internal Lease Lend() => guard;
            }
        }
        """;

    [TestCase("[|await m.AcquireAsync(token)|];")]
    [TestCase("[|await scope.AcquireLockAsync(\"k\").ConfigureAwait(false)|];")]
    [TestCase("_ = [|await scope.AcquireReadLockAsync(\"k\")|];")]
    [TestCase("[|await permits.AcquireAsync(2)|];")]
    [TestCase("[|await scope.AcquireLocksAsync([\"a\", \"b\"])|];")]
    [TestCase("[|await m.AcquireAsync().AsTask().WaitAsync(token)|];")]
    [TestCase("[|await TakeAsync()|];")]
    [TestCase("var task = m.AcquireAsync();\n[|await task|];")]
    [TestCase("scope.Run(async ct => [|await m.AcquireAsync(ct)|]);")]
    public async Task A_guard_that_is_dropped(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("var guard = [|await m.AcquireAsync()|];")]
    [TestCase("LockGuard guard;\nguard = [|await m.AcquireAsync()|];")]
    [TestCase("var guard = [|await m.AcquireAsync()|];\nawait UseAsync(guard.FencingToken);\nguard.ThrowIfLost();\nawait guard.RenewAsync(TimeSpan.FromSeconds(1));\nConsole.WriteLine($\"{guard}\");")]
    [TestCase("var guard = [|await m.TryAcquireAsync()|];\nif (guard is null) return;\nConsole.WriteLine(guard.Value.Key + guard?.Owner);")]
    [TestCase("if ([|await m.TryAcquireAsync()|] is { } guard) Console.WriteLine(guard.Key);")]
    [TestCase("if ([|await m.TryAcquireAsync()|] is not { } guard) return;\nConsole.WriteLine(guard.Key);")]
    [TestCase("var first = [|await m.AcquireAsync()|];\nvar second = first;\nConsole.WriteLine(second.IsHeld);")]
    [TestCase("var guard = [|await m.TryAcquireAsync()|] ?? throw new IOException();")]
    public async Task A_guard_in_a_variable_that_is_only_looked_at(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("if ([|await m.TryAcquireAsync()|] is not null) Console.WriteLine();")]
    [TestCase("if ([|await m.TryAcquireAsync()|] == null) return;")]
    [TestCase("if (([|await m.TryAcquireAsync()|]).HasValue) return;")]
    [TestCase("while (!token.IsCancellationRequested && [|await m.TryAcquireAsync()|] is null) await Task.Yield();")]
    [TestCase("await UseAsync(([|await m.AcquireAsync()|]).FencingToken);")]
    [TestCase("await UseAsync(([|await pool.AcquireAsync()|]).Resource);")]
    public async Task A_guard_that_is_only_asked_something(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("await using var guard = await m.AcquireAsync();")]
    [TestCase("await using (await m.AcquireAsync()) { }")]
    [TestCase("await using (var guard = await m.AcquireAsync()) { }")]
    [TestCase("await using (var guard = (await m.AcquireAsync()).ConfigureAwait(false)) { }")]
    [TestCase("var guard = await m.AcquireAsync();\nawait using (guard) { }")]
    [TestCase("var guard = await m.AcquireAsync();\nawait using var other = guard.ConfigureAwait(false);")]
    [TestCase("var guard = await m.AcquireAsync();\ntry { Console.WriteLine(guard.Key); } finally { await guard.DisposeAsync(); }")]
    [TestCase("var guard = await pool.AcquireAsync();\nawait guard.DiscardAsync();")]
    [TestCase("if (await m.TryAcquireAsync() is { } guard) await using (guard) { }")]
    [TestCase("if (await m.TryAcquireAsync() is not { } guard) return;\nawait using (guard) { }")]
    [TestCase("var guard = await m.TryAcquireAsync();\nif (guard is null) return;\nawait guard.Value.DisposeAsync();")]
    [TestCase("var set = await scope.AcquireLocksAsync([\"a\"]);\nforeach (var one in set.Guards) await one.DisposeAsync();")]
    [TestCase("LockGuardSet? set = null;\nset = await scope.TryAcquireLocksAsync([\"a\"]);\nif (set != null) await set.DisposeAsync();")]
    [TestCase("await (await m.AcquireAsync()).DisposeAsync();")]
    public async Task A_guard_that_is_disposed_is_none_of_its_business(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("scope.Own(await m.AcquireAsync());")]
    [TestCase("field = await m.AcquireAsync();")]
    [TestCase("var guards = new List<LockGuard> { await m.AcquireAsync() };")]
    [TestCase("var guard = await m.AcquireAsync();\nawait UseAsync(guard);")]
    [TestCase("var guard = await m.AcquireAsync();\nscope.Defer(async _ => await guard.DisposeAsync());")]
    [TestCase("var guard = await m.AcquireAsync();\nscope.Run(ct => UseAsync(guard.FencingToken, ct));")]
    [TestCase("var guard = await m.AcquireAsync();\nFunc<ValueTask> release = guard.DisposeAsync;")]
    [TestCase("var pair = (await m.AcquireAsync(), 1);")]
    [TestCase("var task = m.AcquireAsync().AsTask();\nawait task;\nawait using var guard = await task;")]
    [TestCase("var held = scope.Start(async ct => await m.AcquireAsync(ct));")]
    [TestCase("async Task<LockGuard> TakeTooAsync() => await m.AcquireAsync();\nawait using var guard = await TakeTooAsync();")]
    [TestCase("var held = await m.AcquireAsync();\nint other;\n(held, other) = (default, 1);")]
    [TestCase("ValueTask<LockGuard> task = Start(out task);\nawait task;\nValueTask<LockGuard> Start(out ValueTask<LockGuard> started) => started = m.AcquireAsync();")]
    public async Task Nor_is_one_that_somebody_else_gets(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("Lease lease = await m.AcquireAsync();")]
    [TestCase("var lease = (Lease)await m.AcquireAsync();")]
    [TestCase("var guard = await m.AcquireAsync();\nLease lease = guard;")]
    [TestCase("var lease = await m.TryAcquireAsync() ?? new Lease();")]
    [TestCase("var guard = await m.AcquireAsync();\nvar lease = new Lease() + guard;")]
    [TestCase("var lease = (await m.AcquireAsync()).Lend();")]
    [TestCase("var guard = await m.AcquireAsync();\nvar lease = guard.Lent;")]
    public async Task Nor_is_one_that_an_operator_or_an_extension_gets(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code) + Lease);

    [TestCase("Console.WriteLine(await m.TryAcquireAsync() is null);")]
    [TestCase("var isFree = (await m.TryAcquireAsync()).HasValue;")]
    public async Task Nor_is_an_answer_that_is_only_shown(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("await ThrowsAsync(async () => await m.AcquireAsync());")]
    [TestCase("await ThrowsAsync(async () => { if (token.CanBeCanceled) await m.TryAcquireAsync(); else await m.AcquireAsync(); });")]
    [TestCase("Func<Task> acquire = async () => await m.AcquireAsync();\nawait ThrowsAsync(acquire);")]
    [TestCase("Func<Task> acquire = async () => await m.AcquireAsync();\nawait ThrowsAsync(acquire);\nawait acquire.ShouldThrowAsync();")]
    [TestCase("var acquire = async () => { await m.AcquireAsync(); };\nawait acquire.ShouldThrowAsync();")]
    public async Task Nor_is_an_acquisition_that_is_expected_to_throw(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("await ThrowsAsync(async () => { [|await m.AcquireAsync()|]; await UseAsync(1); });")]
    [TestCase("await ThrowsAsync(async () => { while (true) [|await m.AcquireAsync()|]; });")]
    [TestCase("Func<Task> acquire = async () => [|await m.AcquireAsync()|];")]
    [TestCase("Func<Task> acquire = async () => [|await m.AcquireAsync()|];\nawait acquire();")]
    [TestCase("Func<Task> acquire = async () => [|await m.AcquireAsync()|];\nawait ThrowsAsync(acquire);\nawait acquire();")]
    [TestCase("Func<CancellationToken, Task> acquire = async ct => [|await m.AcquireAsync(ct)|];\nscope.Run(acquire);")]
    [TestCase("Func<Task> acquire = async () => { [|await m.AcquireAsync()|]; await UseAsync(1); };\nawait ThrowsAsync(acquire);")]
    public async Task One_under_which_a_lambda_goes_on(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("[|await m.AcquireAsync()|];\nConsole.WriteLine();", "await using var guard = await m.AcquireAsync();\nConsole.WriteLine();")]
    [TestCase("var guard = 1;\n// exclusively\n_ = [|await m.AcquireAsync()|];", "var guard = 1;\n// exclusively\nawait using var guard2 = await m.AcquireAsync();")]
    [TestCase("// exclusively\nvar held = [|await m.AcquireAsync()|];", "// exclusively\nawait using var held = await m.AcquireAsync();")]
    [TestCase("var held = [|await m.TryAcquireAsync()|];\nif (held is null) return;", "await using var held = await m.TryAcquireAsync();\nif (held is null) return;")]
    public async Task It_is_disposed_at_the_end_of_the_block(string before, string after) => await Code.FixesAsync<Analyzer, Fix>(Code.Method(before), Code.Method(after));

    [TestCase("await m.AcquireAsync();\n_ = await permits.AcquireAsync();", "await using var guard = await m.AcquireAsync();\nawait using var guard2 = await permits.AcquireAsync();")]
    [TestCase("var held = await m.AcquireAsync();\nawait m.TryAcquireAsync();\nawait TakeAsync();", "await using var held = await m.AcquireAsync();\n[|await m.TryAcquireAsync()|];\nawait using var guard = await TakeAsync();")]
    public async Task All_are_disposed_each_under_a_name_of_its_own(string before, string after) => await Code.FixesAllAsync<Analyzer, Fix>(Code.Method(before), Code.Method(after));

    [TestCase("[|await m.TryAcquireAsync()|];")]
    [TestCase("[|await scope.TryAcquireLocksAsync([\"a\"])|];")]
    [TestCase("if (token.CanBeCanceled) [|await m.AcquireAsync()|];")]
    [TestCase("object held = [|await m.AcquireAsync()|];")]
    [TestCase("var held = [|await m.TryAcquireAsync()|];\nif (held is null) held = [|await m.TryAcquireAsync()|];")]
    public async Task What_should_become_of_it_is_not_obvious(string code) => await Code.OffersNoFixAsync<Analyzer, Fix>(Code.Method(code));

    [Test]
    public async Task In_a_program_without_a_method() => await Code.FixesAsync<Analyzer, Fix>(
        "await using var scope = Scope.Create();\n[|await scope.AcquireLockAsync(\"k\")|];\n",
        "await using var scope = Scope.Create();\nawait using var guard = await scope.AcquireLockAsync(\"k\");\n");
}
