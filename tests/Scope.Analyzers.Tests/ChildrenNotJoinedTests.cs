using Analyzer = GoGoScope.Analyzers.ChildrenNotJoinedAnalyzer;
using Fix = GoGoScope.Analyzers.JoinChildrenCodeFix;

namespace GoGoScope.Analyzers.Tests;

/// <summary>GGS0005.</summary>
[TestFixture]
public sealed class ChildrenNotJoinedTests
{
    [TestCase("await using var s = Scope.Create();\n[|s.Run(ct => UseAsync(1, ct))|];")]
    [TestCase("await UseAsync(0);\nawait using var s = scope.CreateChild();\nforeach (var n in new[] { 1, 2 }) [|s.Run(ct => UseAsync(n, ct))|];\nConsole.WriteLine(\"done\");")]
    [TestCase("await using (var s = Scope.Create())\n{\n    [|s.Start(ct => UseAsync(1, ct))|];\n    s.Run(ct => UseAsync(2, ct));\n}\nawait UseAsync(3);")]
    [TestCase("await using var s = Scope.Create();\nvar name = s.Name;\n_ = [|s.Start(ct => UseAsync(1, ct))|];")]
    [TestCase("await using var s = Scope.Create();\nawait UseAsync(1);\n[|s.Run(async ct => await UseAsync(1, ct))|];")]
    [TestCase("await using var s = Scope.Create();\nforeach (var n in new[] { 1, 2 })\n    for (var i = 0; i < n; i++) [|s.Run(ct => UseAsync(n, ct))|];")]
    [TestCase("await using var s = Scope.Create();\n[|s.Run(ct => UseAsync(1, ct))|];\n_ = new List<object> { new object() };")]
    [TestCase("var sum = 0;\nawait using var s = Scope.Create();\nfor (var row = 0; row < 1000; row++) sum += row;\n[|s.Run(async ct => { for (var row = 0; row < 1000; row++) await UseAsync(row, ct); })|];")]
    public async Task A_child_after_which_the_block_ends(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("await using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\nawait s.JoinAsync();")]
    [TestCase("await using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\ns.Cancel();")]
    [TestCase("await using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\nConsole.WriteLine(s.Dump());")]
    [TestCase("await using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\nif (await s.TryEndAsync(TimeSpan.Zero)) return;")]
    public async Task A_block_that_thinks_of_the_end_is_none_of_its_business(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("await using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\nawait UseAsync(2);")]
    [TestCase("await using var s = Scope.Create();\nwhile (!token.IsCancellationRequested) { await UseAsync(2); s.Run(ct => UseAsync(1, ct)); }")]
    [TestCase("await using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\nConsole.ReadLine();")]
    [TestCase("await using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\nWork();\nvoid Work() { }")]
    [TestCase("await using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\nStream.Null.CopyTo(Stream.Null);")]
    [TestCase("var queue = new System.Collections.Concurrent.BlockingCollection<int>();\nawait using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\nforeach (var n in queue.GetConsumingEnumerable()) Console.WriteLine(n);")]
    [TestCase("await using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\nFile.Copy(\"a\", \"b\");")]
    [TestCase("await using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\nawait using var guard = await m.AcquireAsync();")]
    [TestCase("await using var s = Scope.Create();\nvar child = s.Start(ct => UseAsync(1, ct));\nawait child;")]
    [TestCase("await using var s = Scope.Create();\ns.Every(TimeSpan.FromSeconds(1), ct => UseAsync(1, ct));")]
    [TestCase("await using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\nvar sum = 0;\nforeach (var row in new[] { 1, 2 }) sum += row;")]
    [TestCase("await using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\nvar sum = 0;\nfor (var row = 0; row < 1000; row++) sum += row;")]
    [TestCase("await using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\nvar sum = 0;\nwhile (sum < 1000) sum++;")]
    [TestCase("await using var s = Scope.Create();\nforeach (var n in new[] { 1, 2 })\n{\n    s.Run(ct => UseAsync(n, ct));\n    for (var row = 0; row < 1000; row++) n.ToString();\n}")]
    [TestCase("await using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\n_ = new StreamReader(\"a\");")]
    public async Task Nor_is_a_child_that_something_runs_beside(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("await using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\n_ = UseAsync(s);")]
    [TestCase("await using var s = Scope.Create();\nvar same = s;\ns.Run(ct => UseAsync(1, ct));")]
    [TestCase("var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));")]
    [TestCase("await Scope.RunAsync(async s => s.Run(ct => UseAsync(1, ct)));")]
    [TestCase("await using var s = Scope.Create();\nscope.Run(ct => UseAsync(1, ct));")]
    public async Task Nor_is_a_scope_that_ends_elsewhere(string code) => await Code.ReportsAsync<Analyzer>(Code.Method(code));

    [TestCase("await using var s = Scope.Create();\n[|s.Run(ct => UseAsync(1, ct))|];\nConsole.WriteLine();", "await using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\nConsole.WriteLine();\nawait s.JoinAsync();")]
    [TestCase("await using (var s = Scope.Create())\n{\n    [|s.Run(ct => UseAsync(1, ct))|];\n}", "await using (var s = Scope.Create())\n{\n    s.Run(ct => UseAsync(1, ct));\n    await s.JoinAsync();\n}")]
    [TestCase("await using var s = Scope.Create();\n[|s.Run(ct => UseAsync(1, ct))|];\nreturn;", "await using var s = Scope.Create();\ns.Run(ct => UseAsync(1, ct));\nawait s.JoinAsync();\nreturn;")]
    [TestCase("await using var @lock = Scope.Create();\n[|@lock.Run(ct => UseAsync(1, ct))|];", "await using var @lock = Scope.Create();\n@lock.Run(ct => UseAsync(1, ct));\nawait @lock.JoinAsync();")]
    public async Task The_block_waits_for_it(string before, string after) => await Code.FixesAsync<Analyzer, Fix>(Code.Method(before), Code.Method(after));

    [TestCase("while (true)\n{\n    await using var s = Scope.Create();\n    [|s.Run(ct => UseAsync(1, ct))|];\n    break;\n}", "while (true)\n{\n    await using var s = Scope.Create();\n    s.Run(ct => UseAsync(1, ct));\n    await s.JoinAsync();\n    break;\n}")]
    public async Task It_waits_before_it_goes_elsewhere(string before, string after) => await Code.FixesAsync<Analyzer, Fix>(Code.Method(before), Code.Method(after));

    [TestCase("await using var s = Scope.Create();\n[|s.Run(ct => UseAsync(1, ct))|];\nif (token.CanBeCanceled) return;\nelse return;")]
    public async Task Where_the_block_ends_is_not_obvious(string code) => await Code.OffersNoFixAsync<Analyzer, Fix>(Code.Method(code));

    [Test]
    public async Task In_a_program_without_a_method() => await Code.FixesAsync<Analyzer, Fix>(
        "await using var s = Scope.Create();\n[|s.Run(ct => Task.Delay(1, ct))|];\n",
        "await using var s = Scope.Create();\ns.Run(ct => Task.Delay(1, ct));\nawait s.JoinAsync();\n");
}
