using GoGoScope.Testing.Worker;

// Lines come in on standard input, "number verb argument …", and for each one goes out, "number ok result" or "number failed type message",
// in whatever order they are done. When nobody is there any more to say something, it ends, with all that it holds.
var settings = Settings.Parse(args);
var session = new Session(await settings.OpenAsync());
Console.WriteLine("0 ok");
while (await Console.In.ReadLineAsync() is { } line) _ = session.DoAsync(line);
Environment.Exit(0);
