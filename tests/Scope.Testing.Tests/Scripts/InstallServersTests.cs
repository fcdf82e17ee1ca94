using System.Runtime.Versioning;

namespace GoGoScope.Testing.Tests.Scripts;

/// <summary>eng/install-servers.sh on machines of every kind: it installs what is missing, or says what a person can do.</summary>
[Platform("Unix"), UnsupportedOSPlatform("windows")]
public sealed class InstallServersTests
{
    private const string Script = "eng/install-servers.sh";
    private const string Policy = "/usr/sbin/policy-rc.d";
    private const string Installing = "apt-get install --yes --quiet --no-install-recommends";

    /// <summary>Brings the programs of all packages that it is asked for.</summary>
    private const string Installs = """
        [[ -e "$root/usr/sbin/policy-rc.d" ]] && echo "policy $("$root/usr/sbin/policy-rc.d"; echo $?)" >>"$root/calls"
        if [[ "$1" == install ]]; then
          for package in "$@"; do
            case "$package" in
              redis-server) echo >"$root/bin/redis-server"; chmod +x "$root/bin/redis-server" ;;
              pgbouncer) echo >"$root/usr/sbin/pgbouncer"; chmod +x "$root/usr/sbin/pgbouncer" ;;
              postgresql) echo >"$root/usr/lib/postgresql/15/bin/postgres" ;;
              mariadb-server) for program in mariadbd mariadb-install-db; do echo >"$root/bin/$program"; chmod +x "$root/bin/$program"; done ;;
            esac
          done
        fi
        """;

    private ScriptMachine _machine = null!;

    [SetUp]
    public void MakeMachine()
    {
        _machine = new ScriptMachine();
        _machine.Add("id", "echo 0");
        Directory.CreateDirectory(_machine.PathOf("/usr/lib/postgresql/15/bin"));
    }

    [TearDown]
    public void DeleteMachine() => _machine.Dispose();

    [TestCase("/bin")]
    [TestCase("/usr/lib/postgresql/15/bin")]
    public async Task Where_everything_is_there_nothing_is_done(string postgres)
    {
        _machine.Add("redis-server");
        _machine.Add("postgres", folder: postgres);
        _machine.Add("pgbouncer", folder: "/usr/sbin");
        _machine.Add("mariadbd");
        _machine.Add("mariadb-install-db");
        _machine.Add("apt-get");
        Assert.That(await _machine.RunAsync(Script), Is.EqualTo((0, "")));
        Assert.That(_machine.Calls, Is.Empty);
    }

    [Test]
    public async Task What_is_missing_is_installed_and_no_service_is_started()
    {
        _machine.Add("apt-get", Installs);
        _machine.Add("redis-server", folder: "/etc/init.d");
        var (code, said) = await _machine.RunAsync(Script);
        Assert.That((code, said), Is.EqualTo((0, "install-servers.sh: installing redis-server postgresql pgbouncer mariadb-server\n")));
        Assert.That(_machine.Calls, Is.EqualTo(["id -u", $"{Installing} redis-server postgresql pgbouncer mariadb-server", "policy 101", "redis-server stop"]));
        Assert.That(_machine.Has(Policy), Is.False, "the policy is gone again");
    }

    [Test]
    public async Task Only_what_is_missing_is_installed()
    {
        _machine.Add("redis-server");
        _machine.Add("apt-get", Installs);
        Assert.That((await _machine.RunAsync(Script)).Code, Is.Zero);
        Assert.That(_machine.Calls, Does.Contain($"{Installing} postgresql pgbouncer mariadb-server"));
    }

    [Test]
    public async Task Where_PostgreSQL_is_there_its_pooler_is_installed_all_the_same()
    {
        foreach (var there in new[] { "redis-server", "postgres", "mariadbd", "mariadb-install-db" }) _machine.Add(there);
        _machine.Add("apt-get", Installs);
        Assert.That((await _machine.RunAsync(Script)).Code, Is.Zero);
        Assert.That(_machine.Calls, Does.Contain($"{Installing} pgbouncer"));
    }

    [Test]
    public async Task Services_are_disabled_where_systemd_runs()
    {
        Directory.CreateDirectory(_machine.PathOf("/run/systemd/system"));
        _machine.Add("apt-get", Installs);
        _machine.Add("systemctl", "exit 1");
        Assert.That((await _machine.RunAsync(Script)).Code, Is.Zero, "it is no harm if there is none");
        Assert.That(_machine.Calls[^1], Is.EqualTo("systemctl disable --now --quiet redis-server postgresql pgbouncer mariadb"));
    }

    [Test]
    public async Task A_policy_that_is_there_is_left_alone()
    {
        await File.WriteAllTextAsync(_machine.PathOf(Policy), "somebody else's");
        _machine.Add("apt-get", Installs.Replace("[[ -e", "[[ 1 == 2 && -e", StringComparison.Ordinal));
        Assert.That((await _machine.RunAsync(Script)).Code, Is.Zero);
        Assert.That(await File.ReadAllTextAsync(_machine.PathOf(Policy)), Is.EqualTo("somebody else's"));
    }

    [Test]
    public async Task Without_lists_of_packages_they_are_fetched_and_it_is_tried_again()
    {
        _machine.Add("apt-get", $"""
            if [[ "$1" == update ]]; then echo >"$root/lists"; fi
            [[ -e "$root/lists" ]] || exit 100
            {Installs}
            """);
        var (code, said) = await _machine.RunAsync(Script);
        Assert.That((code, said), Is.EqualTo((0, "install-servers.sh: installing redis-server postgresql pgbouncer mariadb-server\n")));
        Assert.That(_machine.Calls.Where(call => call.StartsWith("apt-get", StringComparison.Ordinal)), Is.EqualTo(
            [$"{Installing} redis-server postgresql pgbouncer mariadb-server", "apt-get update --quiet", $"{Installing} redis-server postgresql pgbouncer mariadb-server"]));
    }

    [Test]
    public async Task If_apt_fails_it_says_what_apt_said_and_cleans_up()
    {
        _machine.Add("apt-get", "echo 'E: no network' >&2; exit 100");
        await ExplainsAsync("E: no network", "apt-get failed, as said above");
        Assert.That(_machine.Has(Policy), Is.False);
        Assert.That(Directory.EnumerateFiles(_machine.PathOf("/"), "tmp.*"), Is.Empty, "nor is its log left");
    }

    [Test]
    public async Task If_the_programs_are_missing_all_the_same_it_says_so()
    {
        _machine.Add("apt-get");
        await ExplainsAsync("apt-get has installed redis-server postgresql pgbouncer mariadb-server, and their programs are still not to be found");
    }

    [Test]
    public Task Without_apt_it_says_what_a_person_can_do() =>
        ExplainsAsync("there is no apt-get here", "the tests need redis-server postgresql pgbouncer mariadb-server.", "GOGOSCOPE_TEST_REDIS=", "GOGOSCOPE_TEST_POSTGRES=", "GOGOSCOPE_TEST_MYSQL=");

    [TestCase(false)]
    [TestCase(true)]
    public async Task Who_is_not_root_and_has_no_sudo_without_password_is_told_what_to_run(bool hasSudo)
    {
        _machine.Add("id", "echo 1000");
        _machine.Add("apt-get");
        if (hasSudo) _machine.Add("sudo", "echo 'sudo: a password is required' >&2; exit 1");
        var said = await ExplainsAsync("only root can install packages; run: sudo apt-get install redis-server postgresql pgbouncer mariadb-server");
        Assert.That(said, Does.Not.Contain("password"));
        Assert.That(_machine.Calls, Has.None.StartsWith("apt-get"));
    }

    [Test]
    public async Task Who_is_not_root_installs_by_a_sudo_that_asks_nothing()
    {
        _machine.Add("id", """[[ "$AS_ROOT" == 1 ]] && echo 0 || echo 1000""");
        _machine.Add("sudo", """[[ "$1" == -n ]] && shift && AS_ROOT=1 exec "$@" """);
        _machine.Add("true");
        _machine.Add("apt-get", Installs);
        var (code, said) = await _machine.RunAsync(Script);
        Assert.That((code, said), Is.EqualTo((0, "install-servers.sh: installing redis-server postgresql pgbouncer mariadb-server\n")));
        Assert.That(_machine.Calls, Has.Some.StartsWith("sudo -n bash "));
        Assert.That(_machine.Calls.Where(call => call.StartsWith("apt-get", StringComparison.Ordinal)), Is.EqualTo([$"{Installing} redis-server postgresql pgbouncer mariadb-server"]));
        Assert.That(_machine.Has(Policy), Is.False);
    }

    private async Task<string> ExplainsAsync(params string[] lines)
    {
        var (code, said) = await _machine.RunAsync(Script);
        Assert.That(code, Is.EqualTo(1), said);
        foreach (var line in lines) Assert.That(said, Does.Contain(line));
        return said;
    }
}
