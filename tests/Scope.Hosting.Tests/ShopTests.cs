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
    private readonly MeetingPayment _payment = new();
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

    [SetUp]
    public void Pay() => _payment.Together = 1;

    [Test]
    public async Task With_the_lock_it_sells_what_it_has_and_no_more()
    {
        await PutAsync("tea", 20);
        var sold = await SellAsync("/checkout/tea", 50);
        Assert.That(sold, Is.EqualTo(20));
        Assert.That(await _client.GetFromJsonAsync<int>("/items/tea").Soon(), Is.Zero);
    }

    [Test]
    public async Task Without_the_lock_it_sells_the_same_one_twice()
    {
        await PutAsync("coffee", 1);
        _payment.Together = 2;
        Assert.That(await SellAsync("/checkout-without-lock/coffee", 2), Is.EqualTo(2));
    }

    [Test]
    public async Task A_webhook_that_comes_many_times_at_once_is_taken_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => await (await _client.PostAsync("/webhooks/evt-1", null).Soon()).Content.ReadAsStringAsync()));
        Assert.That(answers.Count(answer => answer == "taken"), Is.EqualTo(1), string.Join(' ', answers));
        Assert.That((await _client.GetFromJsonAsync<Dictionary<string, int>>("/webhooks").Soon())!["evt-1"], Is.EqualTo(1));
    }

    [Test]
    public async Task A_client_that_goes_away_gives_its_place_back()
    {
        await PutAsync("milk", 1);
        _payment.Together = 2;
        using var goesAway = new CancellationTokenSource();
        var gone = _client.PostAsync("/checkout/milk", null, goesAway.Token);
        await Waiting.Until(() => _payment.Waiting == 1, "it pays");
        await goesAway.CancelAsync();
        await Assert.ThatAsync(() => gone.Soon(), Throws.InstanceOf<OperationCanceledException>());
        await Waiting.Until(() => _payment.Waiting == 0, "its scope was cancelled");
        _payment.Together = 1;
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

    /// <summary>Is paid when so many are there at once.</summary>
    private sealed class MeetingPayment : IPayment
    {
        private readonly System.Threading.Lock _gate = new();
        private TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _waiting;

        internal int Together { get; set; }

        internal int Waiting => Volatile.Read(ref _waiting);

        public async Task PayAsync(CancellationToken cancellationToken)
        {
            TaskCompletionSource all;
            lock (_gate)
            {
                all = _all;
                if (++_waiting >= Together)
                {
                    all.SetResult();
                    _all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }
            try
            {
                await all.Task.WaitAsync(cancellationToken);
            }
            finally
            {
                lock (_gate) _waiting--;
            }
        }
    }
}
