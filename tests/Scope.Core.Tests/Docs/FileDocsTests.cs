namespace GoGoScope.Tests.Docs;

/// <summary>The file of a key that docs/providers/files.md shows, as it is read from a directory of locks.</summary>
[TestFixture]
public sealed class FileDocsTests
{
    [Test]
    public void The_file_of_a_key_that_is_shown_is_one_that_a_process_would_have_written()
    {
        var listing = MarkdownFiles.Fences().Single(static fence => fence.File == "docs/providers/files.md" && fence.Text.Contains("$ cat ", StringComparison.Ordinal)).Text;
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, string.Join('\n', listing.Split('\n').SkipWhile(static line => !line.StartsWith("$ cat ", StringComparison.Ordinal)).Skip(1)));
            var read = FileRecord.Read(file)!.Value;
            var holder = RecordReader.Read(read.Body, read.Fence).Holders.ToArray().Single();
            Assert.That((read.Key, read.Fence, read.KeepUntil), Is.EqualTo(("lock:stock:42", holder.Tokens.First, holder.ExpiresAt)), "nobody waits, so that it is needed until the lease ends");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
