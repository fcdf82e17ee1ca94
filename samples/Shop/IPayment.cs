namespace Shop;

/// <summary>Whoever takes the money, elsewhere.</summary>
public interface IPayment
{
    /// <summary>Returns when it is paid.</summary>
    Task PayAsync(CancellationToken cancellationToken);
}
