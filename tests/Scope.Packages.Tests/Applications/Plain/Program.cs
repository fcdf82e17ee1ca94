using GoGoScope;

await using var scope = Scope.Create();

Lock stock = scope.CreateLock("stock:7");
await using (var guard = await stock.AcquireAsync(TimeSpan.FromSeconds(30)))
    Console.WriteLine($"memory: {guard.Key}");

await using var files = new FileLockProvider(args[0]);
await using (var shared = Scope.Create(new ScopeOptions { LockProvider = files }))
await using (var guard = await shared.AcquireLockAsync("stock:7", TimeSpan.FromSeconds(30)))
    Console.WriteLine($"files: {guard.Key}, {(guard.FencingToken > 0 ? "fenced" : "not fenced")}");

var permits = scope.CreateSemaphore(2);
await using (await permits.AcquireAsync())
await using (await permits.AcquireAsync())
    Console.WriteLine($"semaphore: {(permits.CurrentCount == 0 ? "full" : "not full")}");
