namespace GoGoScope.Analyzers;

/// <summary>What a rule is about, as <c>.editorconfig</c> can name it.</summary>
internal static class Category
{
    internal const string Guards = "GoGoScope.Guards";
    internal const string Locks = "GoGoScope.Locks";
    internal const string Scopes = "GoGoScope.Scopes";
}
