using System.Net;
using System.Reflection;
using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.Core.Clusters;
using MongoDB.Driver.Core.Connections;
using MongoDB.Driver.Core.Servers;

namespace GoGoScope.Persistence.Mongo.Tests;

/// <summary>A database of which the first change is done, and answered as by a replica set whose majority has not heard of it in time.</summary>
public class Unacknowledged : DispatchProxy
{
    private object _target = null!;
    private Counter _count = null!;

    /// <summary>How many changes were answered so.</summary>
    public int Count => _count.Failed;

    /// <summary>The database before <paramref name="database"/>; it also is an <see cref="Unacknowledged"/>.</summary>
    public static IMongoDatabase First(IMongoDatabase database) => Before(database, new Counter());

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        object? result;
        try
        {
            result = targetMethod!.Invoke(_target, args);
        }
        catch (TargetInvocationException e)
        {
            throw e.InnerException!;
        }
        return result switch
        {
            IMongoCollection<BsonDocument> collection => Before(collection, _count),
            Task<BsonDocument> change when targetMethod.Name == nameof(IMongoCollection<BsonDocument>.FindOneAndUpdateAsync) && _count.Failed == 0 => FailAsync(change),
            _ => result,
        };
    }

    private async Task<BsonDocument> FailAsync(Task<BsonDocument> change)
    {
        await change;
        _count.Failed++;
        var connection = new ConnectionId(new ServerId(new ClusterId(), new DnsEndPoint("localhost", 27017)));
        var error = new BsonDocument { ["code"] = 64, ["codeName"] = "WriteConcernFailed", ["errmsg"] = "waiting for replication timed out", ["errInfo"] = new BsonDocument("wtimeout", true) };
        throw new MongoWriteConcernException(connection, "waiting for replication timed out", new WriteConcernResult(new BsonDocument { ["ok"] = 1, ["writeConcernError"] = error }));
    }

    private static T Before<T>(T target, Counter count) where T : class
    {
        var before = Create<T, Unacknowledged>();
        ((Unacknowledged)(object)before)._target = target;
        ((Unacknowledged)(object)before)._count = count;
        return before;
    }

    private sealed class Counter
    {
        public int Failed { get; set; }
    }
}
