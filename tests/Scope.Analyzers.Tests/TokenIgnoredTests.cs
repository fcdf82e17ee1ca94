using Analyzer = GoGoScope.Analyzers.TokenIgnoredAnalyzer;
using Fix = GoGoScope.Analyzers.PassTokenCodeFix;

namespace GoGoScope.Analyzers.Tests;

/// <summary>GGS0006.</summary>
[TestFixture]
public sealed class TokenIgnoredTests
{
    [TestCase("scope.Run([|ct|] => Task.Delay(1));")]
    [TestCase("scope.Run(async ([|ct|]) => { await UseAsync(1); });")]
    [TestCase("scope.Start([|ct|] => UseAsync(1, token));")]
    [TestCase("await m.RunExclusiveAsync(async (guard, [|ct|]) => await UseAsync(guard.FencingToken));")]
    [TestCase("await scope.MapAsync(new[] { \"a\" }, async (path, [|ct|]) => await File.ReadAllTextAsync(path), maxConcurrency: 2);")]
    [TestCase("await scope.RaceAsync(async [|ct|] => await File.ReadAllTextAsync(\"a\"), async ct => await File.ReadAllTextAsync(\"b\", ct));")]
    [TestCase("var cached = new ExpiringValue<string>(async [|ct|] => new(await File.ReadAllTextAsync(\"a\"), DateTimeOffset.MaxValue));")]
    [TestCase("var options = new PoolOptions<Stream> { Max = 1, Validate = async (stream, [|ct|]) => { await stream.FlushAsync(); return true; } };")]
    [TestCase("scope.Run(async [|ct|] => { using var reader = new StringReader(\"\"); await reader.ReadLineAsync(); });")]
    [TestCase("scope.Run(async delegate (CancellationToken [|ct|]) { await Task.Delay(1); });")]
    [TestCase("scope.Run(async [|delegate|] { await Task.Delay(1); });")]
    [TestCase("scope.Run([|delegate|] { return Task.Delay(1); });")]
    public async Task A_token_that_nobody_is_given(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("scope.Run(ct => Task.Delay(1, ct));")]
    [TestCase("scope.Run(async ct => { await Task.Delay(1); ct.ThrowIfCancellationRequested(); });")]
    [TestCase("scope.Run(async ct => { await Task.Yield(); });")]
    [TestCase("scope.Run(ct => Task.CompletedTask);")]
    [TestCase("scope.Start(ct => Task.FromResult(1));")]
    [TestCase("scope.Run(async ct => { await using var guard = await scope.AcquireLockAsync(\"k\"); });")]
    [TestCase("scope.Run(async ct => { Func<Task> later = () => Task.Delay(1); await later(); });")]
    [TestCase("scope.Run(async ct => { Func<Task> later = () => Task.Delay(1, ct); await later(); });")]
    [TestCase("scope.Run(async ct => { using var reader = new StreamReader(\"\"); await reader.BaseStream.DisposeAsync(); });")]
    public async Task Work_that_uses_it_or_has_no_use_for_it_is_none_of_its_business(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("scope.Run(_ => Task.Delay(1));")]
    [TestCase("await m.RunExclusiveAsync((_, _) => UseAsync(1));")]
    [TestCase("scope.Run(ct => UseAsync(1, CancellationToken.None));")]
    [TestCase("scope.Run(ct => UseAsync(1, scope.Token));")]
    [TestCase("scope.Run(ct => UseAsync(1, default));")]
    [TestCase("scope.Defer(async ct => await UseAsync(1));")]
    [TestCase("Func<CancellationToken, Task> work = ct => UseAsync(1);")]
    public async Task Nor_is_work_that_says_so(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    /// <summary>It would be one of those.</summary>
    [Test]
    public async Task Nor_is_a_call_with_any_number_of_arguments() => await Code.ReportsAsync<Analyzer>("""
        class Given(Scope scope)
        {
            void Work() => scope.Run(async ct => await LogAsync("x", 1));
            static Task LogAsync(params object[] values) => Task.CompletedTask;
            static Task LogAsync(object[] values, CancellationToken token) => Task.CompletedTask;
        }
        """);

    [TestCase("scope.Run([|ct|] => Task.Delay(1));", "scope.Run(ct => Task.Delay(1, ct));")]
    [TestCase("scope.Run([|ct|] => UseAsync(1, token));", "scope.Run(ct => UseAsync(1, ct));")]
    [TestCase("scope.Run([|ct|] => UseAsync(token: token, value: 1));", "scope.Run(ct => UseAsync(token: ct, value: 1));")]
    [TestCase("scope.Run([|ct|] => UseAsync(value: 1));", "scope.Run(ct => UseAsync(value: 1, token: ct));")]
    [TestCase("scope.Run(async [|ct|] => { await UseAsync(1); await File.ReadAllTextAsync(\"a\"); });", "scope.Run(async ct => { await UseAsync(1, ct); await File.ReadAllTextAsync(\"a\", ct); });")]
    [TestCase("scope.Run(async [|ct|] => await File.ReadAllTextAsync(await File.ReadAllTextAsync(\"a\")));", "scope.Run(async ct => await File.ReadAllTextAsync(await File.ReadAllTextAsync(\"a\", ct), ct));")]
    [TestCase("scope.Run(async [|ct|] => { using var reader = new StringReader(\"\"); await reader.ReadLineAsync(); });", "scope.Run(async ct => { using var reader = new StringReader(\"\"); await reader.ReadLineAsync(ct); });")]
    public async Task It_is_passed_on(string before, string after) => await Code.FixesAsync<Analyzer, Fix>(Code.Method(before), Code.Method(after));

    [TestCase("scope.Run([|@event|] => Task.Delay(1));", "scope.Run(@event => Task.Delay(1, @event));")]
    public async Task It_is_passed_on_if_it_is_named_like_a_keyword(string before, string after) => await Code.FixesAsync<Analyzer, Fix>(Code.Method(before), Code.Method(after));

    [TestCase("SendAsync(to: 1)", "SendAsync(to: 1, @event: ct)")]
    [TestCase("SendAsync(@event: token, to: 1)", "SendAsync(@event: ct, to: 1)")]
    public async Task It_is_passed_on_to_one_that_is_named_like_a_keyword(string before, string after)
    {
        await Code.FixesAsync<Analyzer, Fix>(Sending($"[|ct|] => {before}"), Sending($"ct => {after}"));

        static string Sending(string work) => $$"""
            class Given(Scope scope)
            {
                void Work(CancellationToken token) => scope.Run({{work}});
                static Task SendAsync(int to, CancellationToken @event = default) => Task.CompletedTask;
            }
            """;
    }

    [Test]
    public async Task It_is_not_passed_on_where_it_has_no_name() => await Code.OffersNoFixAsync<Analyzer, Fix>(Code.Method("scope.Run(async [|delegate|] { await Task.Delay(1); });"));

    /// <summary>The overload wants what was left out here.</summary>
    [TestCase("SendAsync(\"a\")", null)]
    [TestCase("SendAsync(\"a\", null)", "SendAsync(\"a\", null, ct)")]
    [TestCase("SendAsync(\"a\", cc: null)", null)]
    public async Task It_is_passed_on_where_the_overload_takes_it(string before, string? after)
    {
        if (after is null) await Code.OffersNoFixAsync<Analyzer, Fix>(Sending($"[|ct|] => {before}"));
        else await Code.FixesAsync<Analyzer, Fix>(Sending($"[|ct|] => {before}"), Sending($"ct => {after}"));

        static string Sending(string work) => $$"""
            class Given(Scope scope)
            {
                void Work() => scope.Run({{work}});
                internal static Task SendAsync(string to, string? cc = null) => Task.CompletedTask;
                internal static Task SendAsync(string to, string? cc, CancellationToken token) => Task.CompletedTask;
            }
            """;
    }
}
