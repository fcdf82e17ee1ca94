namespace GoGoScope;

/// <summary>Exceptions in words. A type whose own words throw must not keep a child from ending.</summary>
internal static class ExceptionText
{
    internal static string Message(Exception error)
    {
        try
        {
            return error.Message;
        }
        catch (Exception)
        {
            return error.GetType().Name;
        }
    }

    internal static string Full(Exception error)
    {
        try
        {
            return error.ToString();
        }
        catch (Exception)
        {
            return error.GetType().Name;
        }
    }
}
