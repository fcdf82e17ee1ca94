using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shop;

namespace GoGoScope.Hosting.Tests;

/// <summary>The sample, over HTTP.</summary>
[TestFixture]
public sealed class ShopTests
{
    private const int Many = 50;

    private readonly HeldPayment _payment = new();
    private WebApplication _shop = null!;
    private HttpClient _client = null!;

    [OneTimeSetUp]
    public async Task Open()
    {
        _shop = ShopApplication.Build(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning"], services => services.Replace(ServiceDescriptor.Singleton<IPayment>(_payment)));
        await _shop.StartAsync().Soon();
        var addresses = _shop.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        _client = new HttpClient { BaseAddress = new Uri(addresses.Addresses.Single()) };
    }

    [OneTimeTearDown]
    public async Task Close()
    {
        _client.Dispose();
        await _shop.StopAsync().Soon();
        await _shop.DisposeAsync();
    }

    /// <summary>All the others come while the first one pays.</summary>
    [Test]
    public async Task With_the_lock_it_sells_what_it_has_and_no_more_however_many_come_at_once()
    {
        await PutAsync("tea", 20);
        _payment.HoldUntil(() => _payment.Inside > 1 || WaitersOf("item:tea") == Many - 1);
        var sold = await SellAsync("/checkout/tea", Many);
        Assert.That(_payment.MostInside, Is.EqualTo(1), "at once");
        Assert.That(sold, Is.EqualTo(20));
        Assert.That(await _client.GetFromJsonAsync<int>("/items/tea").Soon(), Is.Zero);
    }

    [Test]
    public async Task Without_the_lock_it_sells_the_same_one_to_all_who_come_at_once()
    {
        await PutAsync("coffee", 1);
        _payment.HoldUntil(() => _payment.Inside == Many);
        Assert.That(await SellAsync("/checkout-without-lock/coffee", Many), Is.EqualTo(Many));
    }

    [Test]
    public async Task A_webhook_that_comes_many_times_at_once_is_taken_once()
    {
        _payment.HoldUntil(() => _payment.Inside > 1 || WaitersOf("webhook:evt-1") == Many - 1);
        var answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(async _ => await (await _client.PostAsync("/webhooks/evt-1", null).Soon()).Content.ReadAsStringAsync()));
        Assert.That(_payment.MostInside, Is.EqualTo(1), "at once");
        Assert.That(answers.Count(answer => answer == "taken"), Is.EqualTo(1), string.Join(' ', answers));
        Assert.That((await _client.GetFromJsonAsync<Dictionary<string, int>>("/webhooks").Soon())!["evt-1"], Is.EqualTo(1));
    }

    [Test]
    public async Task A_client_that_goes_away_gives_its_place_back()
    {
        await PutAsync("milk", 1);
        _payment.HoldUntil(() => false);
        using var goesAway = new CancellationTokenSource();
        var gone = _client.PostAsync("/checkout/milk", null, goesAway.Token);
        await Waiting.Until(() => _payment.Inside == 1, "it pays");
        await goesAway.CancelAsync();
        await Assert.ThatAsync(() => gone.Soon(), Throws.InstanceOf<OperationCanceledException>());
        await Waiting.Until(() => _payment.Inside == 0, "its scope was cancelled");
        _payment.HoldUntil(() => true);
        Assert.That(await SellAsync("/checkout/milk", 1), Is.EqualTo(1));
    }

    [Test]
    public async Task It_is_healthy() => Assert.That(await _client.GetStringAsync("/health").Soon(), Is.EqualTo("Healthy"));

    private async Task PutAsync(string item, int count) => (await _client.PutAsync($"/items/{item}?count={count}", null).Soon()).EnsureSuccessStatusCode();

    private async Task<int> SellAsync(string path, int times)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, times).Select(_ => _client.PostAsync(path, null).Soon()));
        Assert.That(answers.Select(answer => answer.StatusCode).Distinct(), Is.SubsetOf(new[] { HttpStatusCode.OK, HttpStatusCode.Conflict }));
        return answers.Count(answer => answer.StatusCode == HttpStatusCode.OK);
    }

    private int WaitersOf(string key) =>
        _shop.Services.GetRequiredService<ILockProvider>().Snapshot().SingleOrDefault(snapshot => snapshot.Key == key)?.Waiters.Count ?? 0;

    /// <summary>Nobody has paid until something has come to pass; from then on, everybody has at once. Knows how many were at it at the same time.</summary>
    private sealed class HeldPayment : IPayment
    {
        private readonly System.Threading.Lock _gate = new();
        private Func<bool> _mayGoOn = () => true;
        private int _inside;

        internal int Inside
        {
            get
            {
                lock (_gate) return _inside;
            }
        }

        internal int MostInside { get; private set; }

        internal void HoldUntil(Func<bool> mayGoOn)
        {
            lock (_gate) (_mayGoOn, MostInside) = (mayGoOn, _inside);
        }

        public async Task PayAsync(CancellationToken cancellationToken)
        {
            lock (_gate) MostInside = Math.Max(MostInside, ++_inside);
            try
            {
                await Waiting.Until(
                    () =>
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        var mayGoOn = Volatile.Read(ref _mayGoOn);
                        if (!mayGoOn()) return false;
                        Interlocked.CompareExchange(ref _mayGoOn, () => true, mayGoOn);
                        return true;
                    },
                    "what the payment is held for");
            }
            finally
            {
                lock (_gate) _inside--;
            }
        }
    }
}
