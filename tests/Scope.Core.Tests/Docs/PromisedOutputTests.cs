using GoGoScope.Testing;
using GoGoScope.Tests.Compilation;
using GoGoScope.Tests.Run;

namespace GoGoScope.Tests.Docs;

/// <summary>What is compared with what a snippet prints, and that it is.</summary>
[TestFixture]
public sealed class PromisedOutputTests
{
    [Test]
    public void A_comment_after_what_writes_a_line_is_a_promise_and_no_other_one() =>
        Assert.That(
            PromisedOutput.Of(
                """
                // above
                var a = 1;                 // a number
                Console.WriteLine(a);      // 1
                Console.WriteLine(a + 1);
                if (a > 0)
                    Console.WriteLine(     // within
                        a);                //   2: in words
                Console.Write(a);          // no line
                log.WriteLine(a);          // elsewhere
                """),
            Is.EqualTo(["1", "2: in words"]));

    [TestCase("40", true)]
    [TestCase("40: in words", true)]
    [TestCase("40, in words", false)]
    [TestCase("4", false)]
    [TestCase("400", false)]
    [TestCase("two: words", true)]
    [TestCase("two: words: in words", true)]
    [TestCase("", false)]
    public void A_promise_is_a_line_that_was_printed_and_may_go_on_in_words(string promise, bool isKept) =>
        Assert.That(PromisedOutput.FirstMissing([promise], ["something", "40", "two: words"]), isKept ? Is.Null : Is.EqualTo(promise));

    [Test]
    public void Promises_are_kept_in_their_order_and_one_line_keeps_one()
    {
        Assert.That(PromisedOutput.FirstMissing(["1", "2"], ["1", "between", "2"]), Is.Null);
        Assert.That(PromisedOutput.FirstMissing(["2", "1"], ["1", "2"]), Is.EqualTo("1"));
        Assert.That(PromisedOutput.FirstMissing(["1", "1"], ["1"]), Is.EqualTo("1"));
    }

    [Test]
    public async Task What_others_write_at_the_same_time_is_not_taken_for_what_a_snippet_prints()
    {
        var (first, second) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var one = ConsoleOutput.OfAsync(async () =>
        {
            Console.WriteLine("one");
            first.SetResult();
            await second.Task.WaitAsync(Waiting.HangLimit);
            await Task.Run(() => Console.Write("one in a task"));
        });
        await first.Task.WaitAsync(Waiting.HangLimit);
        Console.WriteLine("a test");
        var other = await ConsoleOutput.OfAsync(async () =>
        {
            await Task.Yield();
            Console.WriteLine("other");
            second.SetResult();
        });
        Assert.That(await one, Is.EqualTo(["one", "one in a task"]));
        Assert.That(other, Is.EqualTo(["other"]));
    }

    [Test]
    public async Task A_recipe_whose_lock_is_taken_out_breaks_its_promise()
    {
        const string Unlocked = "static class Unlocked { public static Task<bool> RunAsync(string key, Func<CancellationToken, Task<bool>> work, CancellationToken cancellationToken) => work(cancellationToken); }";
        const string Page = "docs/recipes/checkout.md";
        var recipe = MarkdownFence.Read(Page, Repository.Read(Page)).First(fence => fence.Language == "csharp");
        var without = recipe with { Text = recipe.Text.Replace("scope.RunExclusiveAsync(", "Unlocked.RunAsync(", StringComparison.Ordinal) };
        Assert.That(without, Is.Not.EqualTo(recipe));

        var printed = await new CSharpFence(without with { Given = Unlocked }).Compile().RunAsync();
        Assert.That(PromisedOutput.FirstMissing(PromisedOutput.Of(recipe.Text), printed), Is.EqualTo("2 of 3 paid, 40 and 90 left"), string.Join('\n', printed));
    }
}
