using GoGoScope;
using GoGoScope.Hosting;
using GoGoScope.Persistence.Redis;

namespace Shop;

/// <summary>A shop that sells what it has: several instances of it may run, if their locks are in Redis.</summary>
public static class ShopApplication
{
    /// <summary>The application, ready to run; <paramref name="configure"/> may replace services.</summary>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        var locks = builder.Services.AddGoGoScope();
        if (builder.Configuration["GoGoScope:ConnectionString"] is not null) locks.UseRedis();
        builder.Services.AddHealthChecks().AddLockStore();
        builder.Services.AddSingleton<Warehouse>();
        builder.Services.AddSingleton<Deliveries>();
        builder.Services.AddSingleton<IPayment, Payment>();
        builder.Services.AddExclusiveWorker<Reorders>("shop:reorders");
        configure?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseRequestScopes();
        app.MapHealthChecks("/health");
        app.MapGet("/items/{item}", (string item, Warehouse warehouse) => warehouse.CountOf(item));
        app.MapPut("/items/{item}", (string item, int count, Warehouse warehouse) => warehouse.Set(item, count));

        // What the sample is about: the same checkout with and without a lock.
        app.MapPost("/checkout/{item}", async (string item, Scope scope, Warehouse warehouse) =>
            await scope.RunExclusiveAsync($"item:{item}", ct => warehouse.SellAsync(item, ct)) ? Results.Ok() : Results.Conflict());
        app.MapPost("/checkout-without-lock/{item}", async (string item, Scope scope, Warehouse warehouse) =>
            await warehouse.SellAsync(item, scope.Token) ? Results.Ok() : Results.Conflict());

        // Whoever sends webhooks sends some of them twice, and at the same time.
        app.MapPost("/webhooks/{id}", async (string id, Scope scope, Deliveries deliveries) =>
            await scope.RunExclusiveAsync($"webhook:{id}", ct => deliveries.TakeOnceAsync(id, ct)) ? "taken" : "known");
        app.MapGet("/webhooks", (Deliveries deliveries) => deliveries.Taken);
        return app;
    }

    /// <summary>The scope of a request is cancelled when the client goes away.</summary>
    private static void UseRequestScopes(this WebApplication app) => app.Use(static async (context, next) =>
    {
        var scope = context.RequestServices.GetRequiredService<Scope>();
        await using var gone = context.RequestAborted.UnsafeRegister(static scope => ((Scope)scope!).Cancel("The client has gone."), scope);
        await next(context);
    });
}
