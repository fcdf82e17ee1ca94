namespace GoGoScope.Persistence.Mongo;

/// <summary>What a server is part of, by what it says when it is greeted.</summary>
internal static class Deployment
{
    /// <summary>Whether a majority of several has a say in what is kept: a replica set's member names the set, and a router what it is.</summary>
    /// <param name="setName">"setName" of the greeting; null if it has none.</param>
    /// <param name="msg">"msg" of the greeting; null if it has none.</param>
    internal static bool HasMajority(string? setName, string? msg) => setName is not null || msg == "isdbgrid";
}
