namespace GoGoScope.Quickstart;

/// <summary>The input can't be used; the message is one line that tells a user what to mend, and where.</summary>
internal sealed class BadInputException(string message) : Exception(message);
