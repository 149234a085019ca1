// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Denali.Cli.Tests;

/// <summary>What <c>denali up</c> finds again of the sites of <c>--sites COUNT</c>.</summary>
public sealed class UniformStateTests : IDisposable
{
    private const int Count = 50;

    private readonly CommandLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Sites_GoOnWithTheirVms_AfterAGoodEndAndAfterAKill()
    {
        _lab.Start("--sites", $"{Count}", "--dir", _lab.Write("docs", "all alike"));
        await VisitAsync(Name(1, Count));
        _ = _lab.Do("destroy", "site-7");
        string[] rest = [.. Name(1, Count).Where(name => name != "site-7")];
        Facts[] before = await FactsAsync(rest);
        Assert.All(before, facts => Assert.True(facts.Exits > 0, $"{facts} has not run"));

        _lab.Kernel.Signal("TERM");
        Denali.Result result = _lab.Kernel.WaitForEnd();
        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
        Assert.Contains(
            $"{{\"event\":\"saved\",\"machines\":{Count - 1},\"unsaved\":0", result.Output, StringComparison.Ordinal);

        // Nobody says how many there are: they go on as they were.
        _lab.Start();
        Assert.Equal(rest, Names());
        AssertGoOn(before, await FactsAsync(rest));
        await VisitAsync(rest);
        Assert.Equal(HttpStatusCode.NotFound, (await _lab.GetAsync("site-7")).Status);

        // What a killed process leaves: VMs that were in the swap file, and all sites.
        _lab.DoUntilItWorks("park", "--swap", "site-3");
        Facts[] swapped = await FactsAsync(["site-3"]);
        _lab.Kernel.Signal("KILL");
        _ = _lab.Kernel.WaitForEnd();

        _lab.Start("--sites", $"{Count - 10}");
        rest = [.. rest.Take(Count - 11)];
        Assert.Equal(rest, Names());
        AssertGoOn(swapped, await FactsAsync(["site-3"]));
        Assert.Equal(0, (await FactsAsync(["site-1"]))[0].Exits);
        await VisitAsync(rest);
        Assert.Equal(HttpStatusCode.NotFound, (await _lab.GetAsync("site-7")).Status);
        _ = _lab.End();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Sites_WhoseDirectoryIsGone_HoldUpNoOther_AndEndWhenToldSo()
    {
        string docs = _lab.Write("docs", "all alike");
        _lab.Start("--sites", "5", "--dir", docs, "--site", $"own={_lab.Write("own", "home")}");
        await VisitAsync(Name(1, 5));
        Facts before = (await FactsAsync(["site-2"]))[0];
        _ = _lab.End();
        string[] images = Images();
        Assert.Equal(2, images.Length);
        string away = _lab.PathOf("away");
        Directory.Move(docs, away);

        _lab.Start();
        Assert.Contains("5 sites of an earlier --sites are not served", _lab.Kernel.OutputSoFar,
            StringComparison.Ordinal);
        Assert.Equal(["own"], Names());
        _ = _lab.End();

        // Nothing was lost by that.
        Assert.Equal(images, Images());
        Directory.Move(away, docs);
        _lab.Start();
        AssertGoOn([before], await FactsAsync(["site-2"]));
        _ = _lab.End();

        _lab.Start("--sites", "0");
        Assert.Equal(["own"], Names());
        _ = _lab.End();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Site_WithTheNameOfOneOfThem_IsRefusedWithTheCure()
    {
        string docs = _lab.Write("docs", "home");
        string file = _lab.PathOf("sites");
        _lab.Run("up", "--listen", "127.0.0.1:0", "--no-state", "--sites", "5", "--site", $"site-5={docs}")
            .AssertRefused("the name 'site-5' is taken by the 5 sites of --sites COUNT: choose another");

        // Beyond them, it is nobody's.
        _lab.Start("--sites", "5", "--dir", docs, "--site", $"site-6={docs}");
        Assert.Equal([.. Name(1, 5), "site-6"], Names().Order(StringComparer.Ordinal));
        _ = _lab.End();
        _lab.Run("up", "--listen", "127.0.0.1:0", "--sites", "6").AssertRefused("ask for fewer, or destroy it first");

        // Those that were kept have their names too, in a file as well, and when they are not served.
        File.WriteAllText(file, "site-2=docs\n");
        _lab.Run("up", "--listen", "127.0.0.1:0", "--sites", file).AssertRefused("the name 'site-2' is taken by the 5");
        File.WriteAllText(file, "own=own\n");
        _ = _lab.Write("own", "home");
        Directory.Move(docs, _lab.PathOf("away"));
        _lab.Start("--sites", file);
        File.WriteAllText(file, "own=own\nsite-2=own\n");
        _lab.Kernel.WaitForOutput("is taken by the 5 sites of --sites COUNT: choose another; what was running");
        _lab.Run("create", "site-3", "--dir", _lab.PathOf("own"))
            .AssertRefused("the name 'site-3' is taken by the 5 sites of --sites COUNT: choose another");
        _ = _lab.End();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Start_OnAPortInUse_ChangesNothingThatIsKept()
    {
        string docs = _lab.Write("docs", "all alike");
        string file = _lab.PathOf("sites");
        File.WriteAllText(file, "one=docs\ntwo=docs\n");
        _lab.Start("--sites", "3", "--dir", docs);
        await VisitAsync(Name(1, 3));
        _ = _lab.End();
        _lab.Start("--sites", file);
        Facts[] before = await FactsAsync(["one", "site-3"]);
        _ = _lab.End();

        // Other sites, fewer of them, of another directory: nothing may come of that.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        _lab.Run("up", "--listen", $"{taken.LocalEndPoint}", "--sites", "1", "--dir", _lab.Write("other", "other"))
            .AssertRefused("the port is in use");
        _lab.Run("up", "--listen", $"{taken.LocalEndPoint}", "--site", $"own={docs}")
            .AssertRefused("the port is in use");

        _lab.Start("--sites", file);
        Assert.Equal(["one", .. Name(1, 3), "two"], Names().Order(StringComparer.Ordinal));
        AssertGoOn(before, await FactsAsync(["one", "site-3"]));
        _ = _lab.End();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Sites_ThatCannotBeWrittenDown_AreRefused_AndNotForTheirDirectory()
    {
        string docs = _lab.Write("docs", "all alike");
        _lab.Start("--sites", "2", "--dir", docs, "--site", $"own={docs}");
        _ = _lab.End();
        File.WriteAllText(Path.Combine(docs, "more.html"), "so they start anew");
        using (var connection = new SqliteConnection(
            $"Data Source={_lab.PathOf("state/denali/catalogue.db")};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText =
                "CREATE TRIGGER refusal BEFORE INSERT ON uniform BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
            _ = command.ExecuteNonQuery();
        }

        Denali.Result result = _lab.Run("up", "--listen", "127.0.0.1:0");

        result.AssertRefused("the disk is full");
        Assert.DoesNotContain("--dir", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Alarm_OfASwapFileThatIsFull_IsToldAndGoesOff()
    {
        const int Sites = 400;
        _lab.Start(
            "--sites", $"{Sites}", "--dir", _lab.Write("docs", "all alike"),
            "--slots", "4", "--parked-limit", "1M", "--swap-limit", "1M");
        await VisitAsync(Name(1, Sites));
        _lab.Kernel.WaitForOutput("{\"event\":\"alarm\",\"kind\":\"SwapRefuses\",\"isOn\":true");
        _lab.Kernel.WaitForOutput("{\"event\":\"alarm\",\"kind\":\"NoneLetIn\",\"isOn\":true");
        Assert.True(IsOn());

        // Those that came last are in memory.
        _ = _lab.Run(["kill", .. Name(Sites / 2, Sites)]);
        Assert.True(SpinWait.SpinUntil(() => !IsOn(), Denali.Limit), "the alarm stayed on");

        bool IsOn() => _lab.Do("top", "--once", "--interval", "0.1")
            .Contains("alarm     no new VMs are let in", StringComparison.Ordinal);
    }

    private static string[] Name(int first, int last) =>
        [.. Enumerable.Range(first, last - first + 1).Select(number => $"site-{number}")];

    // It is the same VM, and has not begun anew: what it has done until now counts on.
    private static void AssertGoOn(Facts[] before, Facts[] after)
    {
        Assert.Equal(before.Select(facts => facts.Machine), after.Select(facts => facts.Machine));
        Assert.All(before.Zip(after), pair => Assert.True(
            pair.Second.Exits >= pair.First.Exits, $"{pair.Second} follows {pair.First}"));
    }

    private async Task VisitAsync(string[] names)
    {
        foreach (string name in names)
        {
            Assert.Equal((HttpStatusCode.OK, "all alike"), await _lab.GetAsync(name));
        }
    }

    private async Task<Facts[]> FactsAsync(string[] names)
    {
        var all = new Facts[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            (HttpStatusCode status, string text) = await _lab.GetAsync(names[i], "/.denali/facts.json");
            Assert.Equal(HttpStatusCode.OK, status);
            using JsonDocument facts = JsonDocument.Parse(text);
            all[i] = new Facts(
                facts.RootElement.GetProperty("machine").GetUInt64(),
                facts.RootElement.GetProperty("exits").GetInt64());
        }

        return all;
    }

    private string[] Images() =>
        [.. Directory.GetFiles(_lab.PathOf("state/denali/images")).Order(StringComparer.Ordinal)];

    private string[] Names() =>
    [
        .. _lab.Do("ls", "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("name").GetString()!),
    ];

    /// <param name="Machine">The VM's number.</param>
    /// <param name="Exits">How often it has left the processor.</param>
    private sealed record Facts(ulong Machine, long Exits);
}
