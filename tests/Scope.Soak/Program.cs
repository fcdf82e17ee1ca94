using System.CommandLine;
using GoGoScope.Soak;

var store = new Argument<string>("store") { Description = "What the locks are in: the program starts a server of its own." };
store.AcceptOnlyFromAmong([.. SoakStore.Names]);
var seconds = new Option<int>("--seconds") { Description = "For how long, 600 by default.", DefaultValueFactory = _ => 600 };
var processes = new Option<int>("--processes") { Description = "How many processes, 4 by default. One is never killed: its memory is watched.", DefaultValueFactory = _ => 4 };
var seed = new Option<int>("--seed") { Description = "What all choices are drawn from; 1 by default. What happens when is the machine's.", DefaultValueFactory = _ => 1 };
var withoutLocks = new Option<bool>("--without-locks") { Description = "With locks in the memory of each process, which are none between them: shows what is noticed." };

var command = new RootCommand(
    """
    Processes take locks, read locks and permits at random, and write down when they were certain to hold them. Meanwhile they are killed
    and stopped, and their store is stopped, killed and started again. Then it is looked whether two were ever certain at the same time,
    whether fencing tokens rose, whether a fenced counter has lost a count, whether anybody is stuck, and whether memory and connections grew.

    Exit code: 0 nothing was found, 1 something was.
    """)
{
    store, seconds, processes, seed, withoutLocks,
};
command.SetAction(parsed => new SoakRun(new SoakOptions
{
    Store = parsed.GetRequiredValue(store),
    Duration = TimeSpan.FromSeconds(parsed.GetValue(seconds)),
    Processes = parsed.GetValue(processes),
    Seed = parsed.GetValue(seed),
    WithoutLocks = parsed.GetValue(withoutLocks),
}).RunAsync(Console.WriteLine));
return await command.Parse(args).InvokeAsync();
