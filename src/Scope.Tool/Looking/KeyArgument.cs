using System.CommandLine;

namespace GoGoScope.Tool;

/// <summary>A lock's name, as an argument.</summary>
internal static class KeyArgument
{
    internal static Argument<string?> Create(string description, ArgumentArity arity) => new("KEY")
    {
        Description = description,
        Arity = arity,
        CustomParser = argument =>
        {
            var key = argument.Tokens.Count == 0 ? null : argument.Tokens[0].Value;
            if (key is not null && string.IsNullOrWhiteSpace(key)) argument.AddError("KEY must not be empty or white space.");
            return key;
        },
    };
}
