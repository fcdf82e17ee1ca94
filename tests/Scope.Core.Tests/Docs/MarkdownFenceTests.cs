namespace GoGoScope.Tests.Docs;

/// <summary>The reader of the docs itself: a snippet that it overlooked would be one that nothing checks.</summary>
[TestFixture]
public sealed class MarkdownFenceTests
{
    [Test]
    public void Fences_are_found_with_their_place_language_and_instructions()
    {
        var fences = MarkdownFence.Read("a.md", "# A\n\n```csharp no-run\nvar a = 1;\n\nvar b = 2;\n```\n\n- item\n\n  ```sh\n  ./test.sh\n  ```\n").ToList();

        Assert.That(fences, Has.Count.EqualTo(2));
        Assert.That(fences[0], Is.EqualTo(new MarkdownFence("a.md", 4, "csharp", "no-run", "", "var a = 1;\n\nvar b = 2;")));
        Assert.That(fences[1], Is.EqualTo(new MarkdownFence("a.md", 12, "sh", "", "", "./test.sh")));
    }

    [Test]
    public void What_is_given_belongs_to_the_next_fence_only()
    {
        var fences = MarkdownFence.Read("a.md", "<!-- given\nvar a = 1;\n-->\n```csharp\na++;\n```\n```csharp\n;\n```\n").ToList();

        Assert.That(fences[0].Given.Trim(), Is.EqualTo("var a = 1;"));
        Assert.That(fences[1].Given, Is.Empty);
    }

    [Test]
    public void A_fence_that_is_never_closed_is_refused() =>
        Assert.That(() => MarkdownFence.Read("a.md", "```csharp\nvar a = 1;\n").ToList(), Throws.TypeOf<FormatException>().With.Message.Contains("a.md(1)"));

    [Test]
    public async Task A_snippet_may_declare_types_first_and_await()
    {
        var fence = new MarkdownFence("a.md", 3, "csharp", "", "var log = new List<string>();",
            "record Order(int Id);\nusing System.Text;\nawait Task.Yield();\nlog.Add(new Order(7).ToString());\nif (log is not [\"Order { Id = 7 }\"]) throw new InvalidOperationException(log[0]);");

        await new CSharpFence(fence).Compile().RunAsync();
    }

    [Test]
    public void Errors_name_the_place_in_the_page()
    {
        var fence = new MarkdownFence("docs/a.md", 10, "csharp", "", "", "var a = 1;\nint b = \"\";");

        var compiled = new CSharpFence(fence).Compile();

        Assert.That(compiled.Errors, Is.EqualTo(["CS0029"]));
        Assert.That(compiled.ToString(), Does.Contain("docs/a.md(11,"));
    }

    [Test]
    public void A_failing_snippet_fails() =>
        Assert.That(
            () => new CSharpFence(new MarkdownFence("a.md", 1, "csharp", "", "", "throw new TimeoutException();")).Compile().RunAsync(),
            Throws.TypeOf<TimeoutException>());
}
