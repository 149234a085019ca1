// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.Json;
using System.Threading.Tasks;
using Xunit;

namespace Denali.Cli.Tests;

/// <summary>The commands that speak to a kernel that runs, as processes.</summary>
public sealed class SiteCommandTests : IDisposable
{
    private readonly CommandLab _lab = new();

    public void Dispose() => _lab.Dispose();

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Commands_OnASite_DoWhatTheySay()
    {
        string content = _lab.Write("docs", "home");
        _lab.Start("--site", $"docs={content}");

        // A list has a line above the sites'.
        string[] lines = _lab.Do("ls").TrimEnd('\n').Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Matches(@"^docs +Ready +\w+ +10\.", lines[1]);

        string url = _lab.Do("create", "shop", "--dir", _lab.Write("s", "goods"));
        Assert.Matches(@"^http://shop\.localhost:\d+/\n$", url);
        Assert.Equal((HttpStatusCode.OK, "goods"), await _lab.GetAsync("shop"));
        Assert.Equal(["docs", "shop"], Names());
        Assert.Equal(["shop"], Names("sh"));

        JsonElement shop = _lab.Json("inspect", "shop");
        Assert.Equal(_lab.PathOf("s"), shop.GetProperty("directory").GetString());
        Assert.Equal(1, shop.GetProperty("site").GetProperty("requests").GetInt32());
        Assert.Matches("addresses +10\\.", _lab.Do("inspect", "shop"));

        _ = _lab.Do("kill", "shop");
        _lab.Kernel.WaitForOutput("\"state\":\"Failed\"");
        Assert.Equal(2, Wait(() => Starts("shop"), starts => starts == 2));

        _lab.DoUntilItWorks("park", "shop");
        Assert.Equal("{\"command\":\"wake\",\"name\":\"shop\"}\n", _lab.Do("wake", "shop", "--json"));

        // What comes before one that is refused is done.
        Denali.Result destroyed = _lab.Run("destroy", "--json", "shop", "docs", "more");
        Assert.Equal(
            "{\"command\":\"destroy\",\"name\":\"shop\"}\n{\"command\":\"destroy\",\"name\":\"docs\"}\n",
            destroyed.Output);
        Assert.Contains("there is no site 'more'", destroyed.Errors, StringComparison.Ordinal);
        Assert.NotEqual(0, destroyed.ExitCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _lab.GetAsync("shop")).Status);
        Assert.Empty(Names());
        _ = _lab.End();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task ExplainPages_OfASiteThatRuns_ListsThemAndLeavesItWhereItIs()
    {
        _lab.Start("--site", $"docs={_lab.Write("docs", "home")}", "--state", _lab.PathOf("kept"));
        Assert.Equal((HttpStatusCode.OK, "home"), await _lab.GetAsync("docs"));

        JsonElement bound = _lab.Json("explain", "pages", "docs");
        Assert.Equal("Bound", bound.GetProperty("residence").GetString());
        string[] places = Places(bound);
        Assert.Superset(new HashSet<string> { "registers", "data", "heap", "stack 0" }, places.ToHashSet());
        string names = bound.GetProperty("pages").GetRawText();
        Assert.Contains("Ilwaco_Denali_Net_Tcp_TcpLayer", names, StringComparison.Ordinal);

        _lab.DoUntilItWorks("park", "docs");
        JsonElement parked = _lab.Json("explain", "pages", "docs");
        Assert.Equal("Parked", parked.GetProperty("residence").GetString());
        Assert.InRange(parked.GetProperty("keptBytes").GetInt32(), 500, 50_000);
        Assert.Contains("heap", Places(parked));
        Assert.Matches(@"\Adocs: \d+ pages with \d+ bytes that differ \(Parked, .* are kept\)\n",
            _lab.Do("explain", "pages", "docs", "--socket", _lab.SocketPath));

        _lab.DoUntilItWorks("park", "--swap", "docs");
        Assert.Matches(@"\Adocs: Swapped, .* are kept; which pages .*denali wake", _lab.Do("explain", "pages", "docs"));
        Assert.Equal("Swapped", _lab.Json("inspect", "docs").GetProperty("site").GetProperty("residence").GetString());

        _lab.Run("explain", "pages", "dosc").AssertRefused("is it 'docs'?; if 'dosc' is to be a directory");
        _lab.Run("explain", "pages", "docs", "--path", "/").AssertRefused("or write a directory with a slash");
        _ = _lab.End();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Sites_OfANumber_AreAllThere()
    {
        const int Count = 3000;
        _lab.Start("--sites", $"{Count}", "--dir", _lab.Write("docs", "all alike"));

        string[] names = Names();
        Assert.Equal(Enumerable.Range(1, Count).Select(i => $"site-{i}"), names);
        foreach (string name in new[] { names[0], names[Count / 2], names[^1] })
        {
            Assert.Equal((HttpStatusCode.OK, "all alike"), await _lab.GetAsync(name));
        }

        Assert.Equal(HttpStatusCode.NotFound, (await _lab.GetAsync($"site-{Count + 1}")).Status);
        Assert.Equal(Count, _lab.Json("top", "--once").GetProperty("sites").GetProperty("ready").GetInt32());

        _ = _lab.Do("kill", "site-5");
        Assert.Equal(2, Wait(() => Starts("site-5"), starts => starts == 2));
        Assert.Equal((HttpStatusCode.OK, "all alike"), await _lab.GetAsync("site-5"));

        _ = _lab.Do("destroy", "site-5");
        Assert.Equal(HttpStatusCode.NotFound, (await _lab.GetAsync("site-5")).Status);
        Assert.Equal(Count - 1, Names("site").Length);
        _ = _lab.Do("create", "docs", "--dir", _lab.PathOf("docs"));
        Assert.Equal(["docs", "site-1"], Names("--limit", "2"));
        _ = _lab.End();
    }

    [Fact]
    public void Top_Once_TellsHowAllIs()
    {
        _lab.Start(
            "--slots", "7", "--swap-limit", "2M", "--parked-limit", "3M",
            "--site", $"docs={_lab.Write("docs", "home")}");

        string text = _lab.Do("top", "--once", "--interval", "0.1");
        JsonElement sample = _lab.Json("top", "--once");
        Assert.Equal(7, sample.GetProperty("slotLimit").GetInt32());
        Assert.Equal(2 << 20, sample.GetProperty("swapLimitBytes").GetInt32());
        Assert.Equal(3 << 20, sample.GetProperty("parkedLimitBytes").GetInt32());

        Assert.Contains("sites     1 ready, 0 starting, 0 failed", text, StringComparison.Ordinal);
        Assert.Equal(1, sample.GetProperty("sites").GetProperty("ready").GetInt32());
        Assert.True(sample.GetProperty("slots").GetInt32() > 0);
        _ = _lab.End();
    }

    [Fact]
    public void Top_OnATerminal_GoesOnUntilItIsInterrupted()
    {
        _lab.Start("--site", $"docs={_lab.Write("docs", "home")}");
        using Denali top = Denali.StartOnTerminal("top --interval 0.1", _lab.Environment);
        top.WaitForOutput("1 ready");
        top.WaitForOutput("\e[10A");

        top.Input.Write("\u0003");
        top.Input.Flush();

        Assert.Equal(0, top.WaitForEnd().ExitCode);
        _ = _lab.End();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Mistakes_AreRefusedWithTheCure()
    {
        _lab.Start("--site", $"docs={_lab.Write("docs", "home")}");

        _lab.Run("inspect", "dosc").AssertRefused("there is no site 'dosc': is it 'docs'?");
        _lab.Run("kill", "elsewhere").AssertRefused("denali ls shows those that there are");
        _lab.Run("kill", "not a name").AssertRefused("is not the name of a site");
        _lab.Run("create", "docs", "--dir", _lab.PathOf("docs")).AssertRefused("there is a site 'docs' already");
        _lab.Run("create", "more").AssertRefused("name a directory with --dir");
        _lab.Run("create", "more", "--dir", "/nonexistent").AssertRefused("there is no directory '/nonexistent'");
        _lab.Run("create", "bad_name", "--dir", "/tmp").AssertRefused("is not a host name");
        _lab.Run("ls", "--state", "odd").AssertRefused("write Starting, Ready, Failed");
        _lab.Run("ls", "--limit", "0").AssertRefused("--limit");
        _lab.Run("top", "--interval", "0").AssertRefused("is not an interval");
        _lab.Run("ls", "--name", "a", "--socket", "b").AssertRefused("give one of them");
        _lab.Run("ls", "--name", "other").AssertRefused("start one with denali up");
        _lab.Run("ls", "--socket", "/nonexistent/a.sock").AssertRefused("start one with denali up");
        _lab.Run("ls", "--socket", "/" + new string('a', 200)).AssertRefused("no kernel runs behind");
        _lab.Run("up", "--listen", "127.0.0.1:0").AssertRefused("a kernel runs already behind");
        _lab.Run("up", "--sites", "1000001").AssertRefused("write 1 to 1000000");
        _lab.Run("up", "--sites", "99999999999").AssertRefused("write 1 to 1000000");
        _lab.Run("up", "--dir", "/tmp").AssertRefused("--dir is for the sites of --sites COUNT");
        _lab.Run("up", "--socket", "/dev/null").AssertRefused("end with .sock");
        _ = _lab.End();
    }

    [Fact]
    public void Kernel_ThatIsNotThere_IsToldWithTheCure()
    {
        _lab.Run("ls").AssertRefused("start one with denali up");
        _lab.Run("kill", "docs").AssertRefused("start one with denali up");
        _lab.Run("explain", "pages", "docs").AssertRefused("if 'docs' is to be a directory, there is none");
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Kernels_OfTwoNames_AreToldApart()
    {
        _lab.Start("--name", "one", "--site", $"docs={_lab.Write("docs", "home")}");
        using Denali other = Denali.Start(
            ["up", "--json", "--name", "two", "--listen", "127.0.0.1:0", "--site", $"shop={_lab.PathOf("docs")}"],
            _lab.Environment);
        other.WaitForOutput("{\"event\":\"up\"");

        _lab.Run("ls").AssertRefused("say which one with --name, one or two");
        Assert.Equal(["docs"], Names("--name", "one"));
        Assert.Equal(["shop"], Names("--name", "two"));
        Assert.True(File.Exists(_lab.PathOf("state/denali/kernels/two/catalogue.db")));

        other.Signal("KILL");
        Assert.NotEqual(0, other.WaitForEnd().ExitCode);
        Assert.True(File.Exists(_lab.PathOf("run/denali/two.sock")));
        Assert.Equal(["docs"], Names());
        _ = _lab.End();
        Assert.False(File.Exists(_lab.PathOf("run/denali/one.sock")));
    }

    private string[] Names(params string[] arguments) =>
    [
        .. _lab.Do(["ls", "--json", .. arguments]).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("name").GetString()!),
    ];

    private static string[] Places(JsonElement list) =>
        [.. list.GetProperty("pages").EnumerateArray().Select(page => page.GetProperty("place").GetString()!)];

    private int Starts(string name) =>
        _lab.Json("inspect", name).GetProperty("site").GetProperty("starts").GetInt32();

    // Asks again and again; what it asks takes time by itself.
    private static int Wait(Func<int> ask, Func<int, bool> isRight)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        int found;
        do
        {
            found = ask();
        }
        while (!isRight(found) && System.Diagnostics.Stopwatch.GetElapsedTime(start) < Denali.Limit);

        return found;
    }
}
