namespace Shop;

/// <summary>Takes its time, as such services do.</summary>
public sealed class Payment : IPayment
{
    public Task PayAsync(CancellationToken cancellationToken) => Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
}
