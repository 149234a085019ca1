// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Denali.Cli.Tests;

/// <summary>What <c>denali up</c> finds again after a restart, however the process ended.</summary>
public sealed class StateTests : IDisposable
{
    private readonly CommandLab _lab = new();

    private string State => _lab.PathOf("kept");

    public void Dispose() => _lab.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    [Trait("Speed", "Slow")]
    public async Task Sites_AreThereAgain_HoweverItEnded(string signal)
    {
        _lab.Start("--site", $"own={_lab.Write("own", "of the command line")}");
        _ = _lab.Do("create", "made", "--dir", _lab.Write("made", "of a command"));
        _ = _lab.Do("create", "gone", "--dir", _lab.PathOf("made"));
        _ = _lab.Do("destroy", "gone");
        _lab.Kernel.Signal(signal);
        Assert.Equal(signal == "TERM", _lab.Kernel.WaitForEnd().ExitCode == 0);

        _lab.Start();

        Assert.Equal(["made", "own"], Names());
        Assert.Equal((HttpStatusCode.OK, "of the command line"), await _lab.GetAsync("own"));
        Assert.Equal((HttpStatusCode.OK, "of a command"), await _lab.GetAsync("made"));
        _ = _lab.End();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Vms_GoOnAfterAGoodEnd_AndAreOthersAfterAChange()
    {
        _lab.Start("--state", State, "--site", $"a={_lab.Write("a", "one")}", "--site", $"b={_lab.Write("b", "two")}");
        _ = await _lab.GetAsync("a");
        (ulong a, ulong b) = (Machine("a"), Machine("b"));
        Denali.Result result = _lab.End();
        Assert.Contains("{\"event\":\"saved\",\"machines\":2,\"unsaved\":0", result.Output, StringComparison.Ordinal);
        _ = _lab.Write("b", "changed");

        _lab.Start("--state", State);

        Assert.Equal(a, Machine("a"));
        Assert.NotEqual(b, Machine("b"));
        Assert.Equal((HttpStatusCode.OK, "one"), await _lab.GetAsync("a"));
        Assert.Equal((HttpStatusCode.OK, "changed"), await _lab.GetAsync("b"));
        _ = _lab.End();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Vms_AreParkedSwappedWokenAndCloned()
    {
        _lab.Start("--state", State, "--site", $"docs={_lab.Write("docs", "home")}");
        Assert.Equal((HttpStatusCode.OK, "home"), await _lab.GetAsync("docs"));

        MoveUntil("Parked", "park", "docs");
        _ = _lab.Do("wake", "docs");
        Assert.Equal((HttpStatusCode.OK, "home"), await _lab.GetAsync("docs"));
        MoveUntil("Swapped", "park", "--swap", "docs");
        Assert.Equal((HttpStatusCode.OK, "home"), await _lab.GetAsync("docs"));
        Assert.Equal("Bound", Residence("docs"));

        string url = _lab.Do("clone", "docs", "copy");
        Assert.StartsWith("http://copy.localhost:", url, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, "home"), await _lab.GetAsync("copy"));
        Assert.NotEqual(Machine("docs"), Machine("copy"));
        _ = _lab.Do("destroy", "docs");
        Assert.Equal((HttpStatusCode.OK, "home"), await _lab.GetAsync("copy"));

        // What the clone was made of is kept, although the site that it was made of is gone.
        ulong copy = Machine("copy");
        _ = _lab.End();
        _lab.Start("--state", State);
        Assert.Equal(copy, Machine("copy"));
        Assert.Equal((HttpStatusCode.OK, "home"), await _lab.GetAsync("copy"));
        Assert.Equal(copy, Machine("copy"));
        Assert.Single(Directory.GetFiles(Path.Combine(State, "clones")));
        Assert.Single(Directory.GetFiles(Path.Combine(State, "images")));

        _ = _lab.Do("destroy", "copy");
        WaitUntilEmpty("clones");
        WaitUntilEmpty("images");
        _ = _lab.End();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Sites_OfAFile_AreThereWhileItListsThem()
    {
        string file = _lab.PathOf("sites");
        _ = _lab.Write("docs", "home");
        File.WriteAllText(file, "one=docs\ntwo=docs\n");
        _lab.Start("--state", State, "--sites", file);
        _ = _lab.End();

        File.WriteAllText(file, "[acme 1G]\ntwo=docs\n");
        _lab.Start("--state", State, "--sites", file);
        Assert.Equal(["two"], Names());
        Assert.Equal("acme", _lab.Json("inspect", "two").GetProperty("group").GetString());
        _ = _lab.End();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Site_WhoseDirectoryIsGone_HoldsUpNoOther()
    {
        string content = _lab.Write("docs", "home");
        _lab.Start("--state", State, "--site", $"a={content}", "--site", $"b={_lab.Write("other", "home")}");
        _ = _lab.End();
        Directory.Delete(content, recursive: true);

        _lab.Start("--state", State);

        Assert.Equal("Failed", _lab.Json("inspect", "a").GetProperty("site").GetProperty("state").GetString());
        Assert.Equal("Ready", _lab.Json("inspect", "b").GetProperty("site").GetProperty("state").GetString());
        _ = _lab.End();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Folder_InUseOrDamaged_IsRefusedWithTheCure()
    {
        _lab.Start("--state", State, "--site", $"docs={_lab.Write("docs", "home")}");
        _lab.Run("up", "--name", "other", "--state", State, "--listen", "127.0.0.1:0")
            .AssertRefused("another kernel uses the state folder");
        _lab.Run("up", "--state", State, "--no-state").AssertRefused("give one of them");
        _ = _lab.End();

        string catalogue = Path.Combine(State, "catalogue.db");
        byte[] bytes = File.ReadAllBytes(catalogue);
        bytes.AsSpan(0, 500).Fill(7);
        File.WriteAllBytes(catalogue, bytes);
        _lab.Run("up", "--state", State, "--listen", "127.0.0.1:0").AssertRefused("is damaged");
        Assert.Equal(bytes, File.ReadAllBytes(catalogue));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void Folder_ByDefault_IsTheUsersOwn()
    {
        File.WriteAllText(_lab.PathOf("none"), "");
        (string, string)[] home =
        [
            .. _lab.Environment,
            ("XDG_STATE_HOME", "relative"),
            ("HOME", Directory.CreateDirectory(_lab.PathOf("home")).FullName),
        ];
        using (Denali relative = Denali.Start(
            ["up", "--json", "--listen", "127.0.0.1:0", "--sites", _lab.PathOf("none")], home))
        {
            relative.WaitForOutput("{\"event\":\"up\"");
            relative.Signal("KILL");
            _ = relative.WaitForEnd();
        }

        Assert.True(File.Exists(_lab.PathOf("home/.local/state/denali/catalogue.db")));
        Denali.RunWith([.. home, ("XDG_STATE_HOME", "/proc")], "up", "--listen", "127.0.0.1:0")
            .AssertRefused("the state folder '/proc/denali' cannot be used");
        Denali.RunWith([.. home, ("HOME", "/nonexistent")], "up", "--listen", "127.0.0.1:0")
            .AssertRefused("set HOME, or XDG_STATE_HOME");

        _lab.Start("--site", $"docs={_lab.Write("docs", "home")}");
        Assert.True(File.Exists(_lab.PathOf("state/denali/catalogue.db")));
        _lab.Run("up", "--socket", _lab.PathOf("other.sock"), "--listen", "127.0.0.1:0")
            .AssertRefused("keep nothing with --no-state");
        _ = _lab.End();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void NoState_NeitherUsesNorKeeps()
    {
        _lab.Start("--site", $"docs={_lab.Write("docs", "home")}");
        _ = _lab.End();
        _lab.Start("--no-state", "--site", $"other={_lab.PathOf("docs")}");
        Assert.Equal(["other"], Names());
        Assert.DoesNotContain("\"saved\"", _lab.End().Output, StringComparison.Ordinal);

        _lab.Start();
        Assert.Equal(["docs"], Names());
        _ = _lab.End();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void DemoSites_OnceAnotherIsKept_LeaveNoVmBehind()
    {
        _lab.Start();
        Assert.Contains("denali", Names());
        _ = _lab.Do("create", "docs", "--dir", _lab.Write("docs", "home"));
        _ = _lab.End();

        _lab.Start();
        Assert.Equal(["docs"], Names());
        JsonElement machines = _lab.Json("top", "--once").GetProperty("machines");
        Assert.Equal(
            1,
            new[] { "bound", "parked", "swapped" }.Sum(where => machines.GetProperty(where).GetInt32()));
        _ = _lab.End();
    }

    // A VM may have work just now, or be woken again by a timer of its own.
    private void MoveUntil(string residence, params string[] arguments)
    {
        long start = Stopwatch.GetTimestamp();
        do
        {
            _lab.DoUntilItWorks(arguments);
        }
        while (Residence("docs") != residence && Stopwatch.GetElapsedTime(start) < Denali.Limit);

        Assert.Equal(residence, Residence("docs"));
    }

    private void WaitUntilEmpty(string folder) => Assert.True(
        SpinWait.SpinUntil(() => Directory.GetFiles(Path.Combine(State, folder)).Length == 0, Denali.Limit),
        $"files of sites that are gone are in {folder}");

    private ulong Machine(string name) =>
        _lab.Json("inspect", name).GetProperty("site").GetProperty("machine").GetUInt64();

    private string Residence(string name) =>
        _lab.Json("inspect", name).GetProperty("site").GetProperty("residence").GetString()!;

    private string[] Names() =>
    [
        .. _lab.Do("ls", "--json").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("name").GetString()!),
    ];
}
