using GoGoScope.Packages.Tests.Making;

namespace GoGoScope.Packages.Tests.Consumers;

/// <summary>
/// The same program as a native one. Its compiler is a package of the registry's, which is restored as users do it, where their packages are
/// kept; it is large, so only once.
/// </summary>
[TestFixture]
[CancelAfter(280_000)]
public sealed class NativeTests
{
    [Test]
    public async Task A_program_that_was_compiled_natively_without_a_warning_takes_locks(CancellationToken cancellationToken)
    {
        using var application = new Application(
            "tests/Scope.Packages.Tests/Applications/Plain", ["GoGoScope.Core"], [], "<GoGoScopeLockAlias>true</GoGoScopeLockAlias><PublishAot>true</PublishAot>");
        await RestoreCompilerAsync(application.PathOf("compiler"), cancellationToken);

        var published = await application.TryDotnetAsync(cancellationToken, "publish", "--output", "native", "--verbosity", "quiet");
        if (published.Said.Contains("Platform linker", StringComparison.Ordinal)) Assert.Ignore($"There is no linker: {published.Said}");
        Assert.That(published.ExitCode, Is.Zero, published.Said);

        var ran = await Command.RunAsync(application.PathOf("native/Application"), application.PathOf("native"), cancellationToken, "locks");
        Assert.That(ran, Is.EqualTo(new Command(0, "memory: stock:7\nfiles: stock:7, fenced\nsemaphore: full\n")));
        Assert.That(Directory.EnumerateFiles(application.PathOf("native"), "*.dll"), Is.Empty, "it is one file");
    }

    private static async Task RestoreCompilerAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "Compiler.csproj"),
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <PublishAot>true</PublishAot>
                <RestorePackagesPath>{Checkout.RestoredPackages}</RestorePackagesPath>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
            </Project>
            """, cancellationToken);
        // With the runtime that a native program is made of: only publishing asks for it otherwise, where there is no registry.
        var restored = await Command.RunAsync(Command.Dotnet, folder, cancellationToken, "restore", "--use-current-runtime", "--verbosity", "quiet");
        if (restored.ExitCode != 0) Assert.Ignore($"The native compiler can't be restored: {restored.Said}");
    }
}
