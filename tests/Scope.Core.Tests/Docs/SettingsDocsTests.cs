using System.Text;
using GoGoScope.Hosting;
using GoGoScope.Persistence.Postgres;
using GoGoScope.Persistence.Redis;
using GoGoScope.Tests.Run;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GoGoScope.Tests.Docs;

/// <summary>The settings that docs/hosting.md shows, in an application of the host.</summary>
[TestFixture]
public sealed class SettingsDocsTests
{
    private const string Page = "docs/hosting.md";

    private static MarkdownFence Example => MarkdownFiles.Fences().Single(fence => fence.File == Page && fence.Language == "json");

    [Test]
    public void The_example_is_read_and_nothing_in_it_is_refused()
    {
        using var host = Build(Example.Text);
        host.Services.GetRequiredService<IStartupValidator>().Validate();
        var options = host.Services.GetRequiredService<IOptionsMonitor<GoGoScopeOptions>>();
        var (shop, stock) = (options.Get(Options.DefaultName), options.Get("stock"));
        Assert.Multiple(() =>
        {
            Assert.That((shop.ConnectionString, shop.KeyPrefix), Is.EqualTo(("localhost:6379", "shop:")));
            Assert.That((shop.ShutdownTimeout, shop.Leases.DefaultTimeToLive), Is.EqualTo((TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10))));
            Assert.That((stock.ConnectionString, stock.Schema, stock.EnsureSchema), Is.EqualTo(("Host=localhost;Database=shop", "locks", true)));
        });
    }

    [Test]
    public void A_setting_that_is_none_in_the_example_would_be_refused()
    {
        using var host = Build(Example.Text.Replace("KeyPrefix", "Prefix", StringComparison.Ordinal));
        Assert.That(() => host.Services.GetRequiredService<IStartupValidator>().Validate(), Throws.TypeOf<OptionsValidationException>().With.Message.Contains("GoGoScope:Prefix is not a setting"));
    }

    [Test]
    public void The_table_has_every_setting()
    {
        using var host = Build("""{ "GoGoScope": { "ConnectionString": "localhost:6379", "Nonsense": "1" }, "GoGoScope:Stores:stock:ConnectionString": "Host=localhost" }""");
        var refused = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<IStartupValidator>().Validate())!;
        var settings = refused.Failures.Single()[(refused.Failures.Single().IndexOf("there are", StringComparison.Ordinal) + "there are ".Length)..].TrimEnd('.').Split(", ");
        Assert.That(settings, Has.Length.GreaterThan(15));
        var rows = Repository.Read(Page).Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToList();
        Assert.That(settings.Where(setting => !rows.Exists(row => row.Split('|')[1].Contains($"`{setting}`", StringComparison.Ordinal))), Is.Empty);
    }

    private static IHost Build(string json)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        builder.Services.AddGoGoScope().UseRedis();
        builder.Services.AddGoGoScope("stock").UsePostgres();
        return builder.Build();
    }
}
