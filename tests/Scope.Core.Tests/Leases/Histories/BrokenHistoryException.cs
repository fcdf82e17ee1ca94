namespace GoGoScope.Tests.Leases.Histories;

/// <summary>Something has happened that must not.</summary>
internal sealed class BrokenHistoryException(string message, Exception? inner = null) : Exception(message, inner);
