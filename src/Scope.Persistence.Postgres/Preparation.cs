namespace GoGoScope.Persistence.Postgres;

/// <summary>How the statements of a call are sent.</summary>
internal enum Preparation
{
    /// <summary>As texts, for the server to parse and plan.</summary>
    None,

    /// <summary>By names, and nothing was prepared on that connection yet.</summary>
    First,

    /// <summary>By the names under which they were prepared.</summary>
    ByName,

    /// <summary>By their names, and the server makes its plans for them anew.</summary>
    WithNewPlans,
}
