using System.Threading.Channels;
using GoGoScope.Tests.Scopes;

namespace GoGoScope.Tests.Interlocking;

/// <summary>docs/recipes/channels.md: a channel between a child and the body.</summary>
public sealed class ChannelTests
{
    [Test]
    public async Task The_reader_gets_what_was_written_and_then_the_writers_error_and_the_scope_throws_it_once()
    {
        var (channel, read, failure) = (Channel.CreateBounded<int>(2), new List<int>(), new Boom());
        var error = await Scope.RunAsync(async s =>
        {
            _ = Write(s, channel.Writer, 5, failure);
            await ReadAllAsync(channel.Reader, read).Soon();
        }).Error();
        Assert.That(error, Is.SameAs(failure));
        Assert.That(error!.GetSuppressed(), Is.Empty);
        Assert.That(read, Is.EqualTo([0, 1, 2, 3, 4]));
    }

    [Test]
    public async Task The_reader_hears_of_the_failure_of_another_child_that_ended_the_writer()
    {
        var (channel, read, failure, full) = (Channel.CreateBounded<int>(2), new List<int>(), new Boom(), TestTools.Signal());
        Exception? heard = null;
        var error = await Scope.RunAsync(async s =>
        {
            var writing = Write(s, channel.Writer, int.MaxValue, null, full);
            s.Run(async ct =>
            {
                await full.Task.WaitAsync(ct);
                throw failure;
            });
            await writing.Soon().Error();
            heard = await ReadAllAsync(channel.Reader, read).Error();
        }).Error();
        Assert.That(heard, Is.SameAs(failure));
        Assert.That(error, Is.SameAs(failure));
        Assert.That(error!.GetSuppressed(), Is.Empty);
        Assert.That(read, Is.EqualTo([0, 1]));
    }

    [Test]
    public async Task The_reader_hears_of_it_although_the_writer_has_not_begun()
    {
        var (channel, failure, fail) = (Channel.CreateBounded<int>(2), new Boom(), TestTools.Signal());
        Exception? heard = null;
        var error = await Scope.RunAsync(async s =>
        {
            s.Run(async ct =>
            {
                await fail.Task.WaitAsync(ct);
                throw failure;
            });
            _ = Write(s, channel.Writer, 1, null);
            fail.SetResult();
            heard = await ReadAllAsync(channel.Reader, []).Error();
        }, new ScopeOptions { MaxConcurrency = 1 }).Error();
        Assert.That(heard, Is.SameAs(failure));
        Assert.That(error, Is.SameAs(failure));
        Assert.That(error!.GetSuppressed(), Is.Empty);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task What_was_cancelled_is_not_taken_for_all_there_is(bool before)
    {
        var channel = Channel.CreateBounded<int>(1);
        using var cancel = new CancellationTokenSource();
        if (before) await cancel.CancelAsync();
        Exception? heard = null;
        var error = await Scope.RunAsync(async s =>
        {
            _ = Write(s, channel.Writer, int.MaxValue, null);
            await cancel.CancelAsync();
            heard = await ReadAllAsync(channel.Reader, []).Error();
        }, cancellationToken: cancel.Token).Error();
        Assert.That(heard, Is.InstanceOf<OperationCanceledException>());
        Assert.That(error, Is.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_writer_that_waits_for_room_ends_when_the_reader_fails()
    {
        var (channel, full) = (Channel.CreateBounded<int>(1), TestTools.Signal());
        Task writing = Task.CompletedTask;
        var error = await Scope.RunAsync(async s =>
        {
            writing = Write(s, channel.Writer, int.MaxValue, null, full);
            await full.Task.Soon();
            throw new Boom();
        }).Error();
        Assert.That(error, Is.TypeOf<Boom>());
        Assert.That(writing.IsCanceled, "the writer has ended");
        Assert.That(channel.Reader.Count, Is.EqualTo(1), "what it has waited for was not written");
    }

    private static async Task ReadAllAsync(ChannelReader<int> reader, List<int> read)
    {
        await foreach (var item in reader.ReadAllAsync()) read.Add(item);
    }

    /// <summary>As the recipe has it.</summary>
    /// <param name="s">Whose child it is.</param>
    /// <param name="writer">Where to write.</param>
    /// <param name="count">How many numbers.</param>
    /// <param name="failure">What it throws after that.</param>
    /// <param name="full">Set when there is no room for the next.</param>
    private static Task Write(Scope s, ChannelWriter<int> writer, int count, Exception? failure, TaskCompletionSource? full = null)
    {
        void Fail(Exception error) => writer.TryComplete(s.Reason?.Exception ?? error);
        var beforeItBegins = s.Token.Register(() => Fail(new OperationCanceledException(s.Token)));
        return s.Start(async ct =>
        {
            beforeItBegins.Dispose();
            try
            {
                for (var i = 0; i < count; i++)
                {
                    var writing = writer.WriteAsync(i, ct);
                    if (!writing.IsCompleted) full?.TrySetResult();
                    await writing;
                }
                if (failure is not null) throw failure;
                writer.Complete();
            }
            catch (Exception error)
            {
                Fail(error);
                throw;
            }
        }).AsTask();
    }
}
