using System.Globalization;
using System.Text;
using System.Text.Unicode;
using CsvHelper;
using CsvHelper.Configuration;

namespace GoGoScope.Quickstart;

/// <summary>
/// One line of a CSV file. A row is always one line, so a stray quote costs its own row and not the rest of the file.
/// </summary>
internal static class CsvLine
{
    private static readonly CsvConfiguration Rfc4180 = new(CultureInfo.InvariantCulture)
    {
        NewLine = "\n",
        TrimOptions = TrimOptions.Trim,
        WhiteSpaceChars = [' ', '\t'],
        BadDataFound = _ => throw new BadInputException("a quote stands alone: quote the whole field, and write \"\" for a quote inside it."),
        BufferSize = 512,
        ProcessFieldBufferSize = 512,
    };

    /// <summary>The fields, without the quotes around them.</summary>
    /// <exception cref="BadInputException">The line is not CSV in UTF-8.</exception>
    public static string[] Split(ReadOnlySpan<byte> line)
    {
        if (!Utf8.IsValid(line))
            throw new BadInputException("is not UTF-8 text.");
        using var parser = new CsvParser(new StringReader(Encoding.UTF8.GetString(line)), Rfc4180);
        return parser.Read() ? parser.Record! : [];
    }
}
