using GoGoScope.Tests.Compilation;

namespace GoGoScope.Tests.Conventions;

/// <summary>
/// What a user can write and what the compiler refuses. Each shape of lambda and method group that an overloaded method
/// is called with has a line here: overloads that look distinct may be ambiguous (CS0121), or take a lambda that returns
/// a task for one that returns nothing.
/// </summary>
[TestFixture]
public sealed class CompileTests
{
    private const string OurLock = "global using GoGoScope; global using Lock = GoGoScope.Lock;";

    [TestCaseSource(nameof(Accepted))]
    public void Compiles(string code)
    {
        var compiled = Snippet.Compile(code, OurLock);
        Assert.That(compiled.Image, Is.Not.Null, compiled.ToString());
    }

    [TestCaseSource(nameof(Refused))]
    public void Does_not_compile(string code, string error)
    {
        var compiled = Snippet.Compile(code, OurLock);
        Assert.That(compiled.Errors, Is.EqualTo([error]), compiled.ToString());
    }

    private static IEnumerable<string> Accepted() =>
    [
        // new Lock
        "_ = new Lock(CancellationToken.None);",
        "_ = new Lock(CancellationToken.None, new LockOptions { Key = \"k\" });",

        // Lock.RunExclusiveAsync

        // Scope.Run

        // Scope.Start

        // Scope.RunAsync

        // Scope.Defer
    ];

    private static IEnumerable<TestCaseData> Refused() =>
    [
        // so that "lock (new Lock())" is never written by accident
        new("_ = new Lock();", "CS1729"),
        new("lock (new Lock()) { }", "CS1729"),
    ];
}
