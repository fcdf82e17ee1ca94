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
            s.Run(ct => WriteAsync(channel.Writer, 5, failure, ct));
            await foreach (var item in channel.Reader.ReadAllAsync()) read.Add(item);
        }).Error();
        Assert.That(error, Is.SameAs(failure));
        Assert.That(error!.GetSuppressed(), Is.Empty);
        Assert.That(read, Is.EqualTo([0, 1, 2, 3, 4]));
    }

    [Test]
    public async Task A_writer_that_waits_for_room_ends_when_the_reader_fails()
    {
        var channel = Channel.CreateBounded<int>(1);
        var error = await Scope.RunAsync(async s =>
        {
            s.Run(ct => WriteAsync(channel.Writer, int.MaxValue, null, ct));
            await channel.Reader.ReadAsync();
            throw new Boom();
        }).Error();
        Assert.That(error, Is.TypeOf<Boom>());
        Assert.That(channel.Reader.Completion.IsCompleted || channel.Reader.Count > 0, "the writer has ended");
    }

    private static async Task WriteAsync(ChannelWriter<int> writer, int count, Exception? failure, CancellationToken ct)
    {
        try
        {
            for (var i = 0; i < count; i++) await writer.WriteAsync(i, ct);
            if (failure is not null) throw failure;
        }
        catch (Exception error)
        {
            writer.TryComplete(error);
            throw;
        }
        writer.TryComplete();
    }
}
