using GoGoScope;

await using var scope = Scope.Create();
Lock stock = scope.CreateLock("stock:7");
lock (stock) Console.WriteLine("This excludes nobody who acquires it.");
