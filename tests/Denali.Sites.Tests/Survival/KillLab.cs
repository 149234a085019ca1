// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Denali.Cli.Tests;
using Denali.Control;
using Denali.Control.Api;
using Denali.Control.Sites;
using Denali.Guests.Tests;
using Xunit;

namespace Denali.Sites.Tests.Survival;

/// <summary>
/// <c>denali up --state</c> that is killed at random points, and a simple model of what must be there afterwards. Its
/// guest counts requests, so that a VM that was restarted is told from one that goes on.
/// </summary>
internal sealed class KillLab : IDisposable
{
    private static readonly string[] s_lasting =
        ["catalogue.db", "catalogue.db-wal", "catalogue.db-shm", "lock", "swap"];

    private readonly CommandLab _lab = new();
    private readonly KeptState _state;
    private readonly Random _random;
    private readonly Dictionary<string, CountedSite> _sites = [];
    private int _made;

    internal KillLab(int seed)
    {
        _random = new Random(seed);
        _state = new KeptState(State, _lab.PathOf("copy"));
        string guests = Directory.CreateDirectory(_lab.PathOf("guests")).FullName;
        File.Copy(TestSettings.GuestPath("counter"), Path.Combine(guests, "web.denali"));
        _lab.Guests = guests;

        // Nothing is listed, and so there are no demo sites either.
        File.WriteAllText(_lab.PathOf("none"), "");
    }

    // Ending with a few VMs takes about as long: kills come before, in and after the saving of each.
    private const int SaveLongestMs = 80;

    /// <summary>How often a VM that had to go on after an end did.</summary>
    internal int Resumed { get; private set; }

    /// <summary>How often the kernel was killed.</summary>
    internal int Kills { get; private set; }

    /// <summary>Of these, how often after SIGTERM, before it had saved all VMs and ended.</summary>
    internal int KillsWhileSaving { get; private set; }

    /// <summary>Sites that there are now.</summary>
    internal int Count => _sites.Count;

    private string State => _lab.PathOf("kept");

    /// <summary>Starts the kernel and kills it at once, or a little later.</summary>
    internal void KillAtStart()
    {
        Launch();
        Pause(800);
        _lab.Kernel.Kill();
        _ = LookAtKilled();
    }

    /// <summary>Starts the kernel, looks whether all is there, works with it, and kills it meanwhile.</summary>
    internal async Task KillAtWorkAsync()
    {
        using ApiClient client = await StartAsync();
        Task work = WorkAsync(client, 1000);
        Pause(1500);
        _lab.Kernel.Kill();
        _ = _lab.Kernel.WaitForEnd();
        await work;
        _ = LookAtKilled();
    }

    /// <summary>The same, but lets it save all and end.</summary>
    internal async Task SaveAsync()
    {
        using ApiClient client = await StartAsync();
        await WorkAsync(client, 6);
        End();
    }

    /// <summary>The same, but kills it while it saves.</summary>
    internal async Task KillWhileSavingAsync()
    {
        using ApiClient client = await StartAsync();
        await WorkAsync(client, 6);
        _lab.Kernel.Signal("TERM");
        Pause(SaveLongestMs);
        _lab.Kernel.Kill();
        KillsWhileSaving += LookAtKilled() ? 1 : 0;
    }

    /// <summary>Starts the kernel once more, destroys all, and looks that nothing is left.</summary>
    internal async Task FinishAsync()
    {
        Launch();
        _lab.WaitUntilUp();
        await VerifyAsync();
        using (var client = new ApiClient(_lab.SocketPath))
        {
            foreach (string name in _sites.Keys)
            {
                await client.DestroyAsync(name);
            }

            _sites.Clear();
            Assert.Empty((await client.ListAsync(new SiteFilter(), "", 10)).Sites);
        }

        End();
        Assert.DoesNotContain("-wal", string.Join(' ', Files()), StringComparison.Ordinal);
    }

    public void Dispose() => _lab.Dispose();

    private void Launch() => _lab.Launch("--state", State, "--sites", _lab.PathOf("none"));

    // Time has to pass for something to be under way when it ends; nothing is waited for.
    private void Pause(int longestMs) => new ManualResetEventSlim().Wait(_random.Next(longestMs));

    private async Task<ApiClient> StartAsync()
    {
        Launch();
        _lab.WaitUntilUp();
        await VerifyAsync();
        return new ApiClient(_lab.SocketPath);
    }

    private void End()
    {
        _lab.Kernel.Signal("TERM");
        int code = _lab.Kernel.WaitForEnd().ExitCode;
        Assert.True(code == 0, $"it ended with {code}");
        LookAtState(isAllSaved: true);
    }

    // It may have ended by itself before.
    private bool LookAtKilled()
    {
        bool isKilled = _lab.Kernel.WaitForEnd().ExitCode != 0;
        Kills += isKilled ? 1 : 0;
        LookAtState(isAllSaved: !isKilled);
        return isKilled;
    }

    // What is in the swap file goes on, whoever put it there and however the kernel ended.
    private void LookAtState(bool isAllSaved)
    {
        HashSet<string> saved = _state.FindSaved();
        foreach ((string name, CountedSite site) in _sites)
        {
            bool isSaved = saved.Contains(name);
            Assert.True(isSaved || !site.IsCertain || !isAllSaved, $"{name} was not saved");
            site.IsSafe = isSaved && site.IsCertain && !site.MayBeAnew;
            site.MayBeAnew = !site.IsSafe;
        }

        CheckFiles();
    }

    private void CheckFiles() => Assert.All(Files(), file => Assert.True(
            s_lasting.Contains(file) || file.StartsWith("images/", StringComparison.Ordinal)
            || file.StartsWith("templates/", StringComparison.Ordinal)
            || file.StartsWith("clones/", StringComparison.Ordinal), file));

    private IEnumerable<string> Files() =>
        Directory.GetFiles(State, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(State, path));

    private async Task VerifyAsync()
    {
        using var client = new ApiClient(_lab.SocketPath);
        string[] names = [.. (await client.ListAsync(new SiteFilter(), "", 1000)).Sites.Select(site => site.Name)];
        Assert.Empty(names.Except(_sites.Keys));
        foreach ((string name, CountedSite site) in _sites.ToArray())
        {
            if (!names.Contains(name))
            {
                Assert.False(site.IsCertain, $"{name} is gone");
                _ = _sites.Remove(name);
                continue;
            }

            site.IsCertain = true;
            bool wasSafe = site.IsSafe;
            await AskAsync(name, site);
            Resumed += wasSafe ? 1 : 0;
        }

        Assert.All(
            Files().Except(s_lasting),
            file => Assert.True(Path.GetExtension(file) is ".img" or ".template", file));
    }

    /// <summary>Asks a site until it answers, and compares what it says with what is known.</summary>
    private async Task AskAsync(string name, CountedSite site)
    {
        long start = TimeProvider.System.GetTimestamp();
        site.Most++;
        (HttpStatusCode status, string text) = await _lab.GetAsync(name);
        while (status != HttpStatusCode.OK && TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(60))
        {
            site.Most++;
            (status, text) = await _lab.GetAsync(name);
        }

        Assert.Equal(HttpStatusCode.OK, status);
        string[] lines = text.Split('\n', 2);
        Assert.Equal(site.Content, lines[1]);
        long count = long.Parse(lines[0], CultureInfo.InvariantCulture);
        bool goesOn = count > site.Least && count <= site.Most;
        bool isAnew = count >= 1 && count <= site.Most;
        Assert.True(
            goesOn || (site.MayBeAnew && !site.IsSafe && isAnew),
            $"{name} has counted {count}, and {site.Least + 1} to {site.Most} is right"
            + (site.IsSafe ? ": it was in the swap file" : ""));
        (site.Least, site.Most, site.IsSafe, site.MayBeAnew) = (count, count, false, false);
    }

    /// <summary>Does one thing after the other, until the kernel is gone.</summary>
    private async Task WorkAsync(ApiClient client, int steps)
    {
        var random = new Random(_random.Next());
        try
        {
            for (int i = 0; i < steps; i++)
            {
                await StepAsync(client, random);
            }
        }
        catch (Exception e) when (e is ControlException or HttpRequestException or OperationCanceledException)
        {
            // The kernel was killed; what was under way may be done or not.
        }
    }

    private async Task StepAsync(ApiClient client, Random random)
    {
        string[] names = [.. _sites.Where(pair => pair.Value.IsCertain).Select(pair => pair.Key)];
        string some = names.Length == 0 ? "" : names[random.Next(names.Length)];
        switch (names.Length == 0 ? 0 : random.Next(7))
        {
            case 0 when _sites.Count < 12:
                await CreateAsync(client);
                break;
            case 1 when names.Length > 3:
                _sites[some].IsCertain = false;
                await client.DestroyAsync(some);
                _ = _sites.Remove(some);
                break;
            case 6 when _sites.Count < 12:
                await CloneAsync(client, some);
                break;
            case 2:
                await TryAsync(() => client.ParkAsync(some));
                break;
            case 3:
                _sites[some].MayBeAnew = true;
                await client.KillAsync(some);
                await AskAsync(some, _sites[some]);
                break;
            case 4:
                await TryAsync(() => client.SwapOutAsync(some));
                break;
            default:
                await AskAsync(some, _sites[some]);
                break;
        }
    }

    private async Task CreateAsync(ApiClient client)
    {
        string name = $"s{++_made}";
        string content = $"this is {name} and nobody else {new string('x', _made * 10 % 500)}";
        var site = new CountedSite(content);
        _sites.Add(name, site);
        _ = await client.CreateAsync(new NewSite(name, _lab.Write(name, content)));
        site.IsCertain = true;
        await AskAsync(name, site);
    }

    // It goes on counting where the other was.
    private async Task CloneAsync(ApiClient client, string name)
    {
        CountedSite source = _sites[name];
        string copyName = $"s{++_made}";
        var copy = new CountedSite(source.Content)
        {
            Least = source.Least,
            Most = source.Most,
            MayBeAnew = source.MayBeAnew,
        };
        _sites.Add(copyName, copy);
        if (await TryAsync(() => client.CloneAsync(name, copyName)))
        {
            copy.IsCertain = true;
            await AskAsync(copyName, copy);
        }
        else
        {
            _ = _sites.Remove(copyName);
        }
    }

    // It may have work just now.
    private static async Task<bool> TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (ControlException e) when (e.Refusal == Refusal.Conflict)
        {
            return false;
        }
    }
}
