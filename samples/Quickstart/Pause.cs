namespace GoGoScope.Quickstart;

/// <summary>Stands for everything a checkout waits for: a payment service, a database, another shop's server.</summary>
internal delegate Task Pause(CancellationToken cancellationToken);
