// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Api;
using Denali.Control.Sites;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>Many sites that are alike, on VMs that the test plays and by its clock.</summary>
public sealed class UniformSitesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-uniform-").FullName;
    private readonly FakeTime _time = new();
    private readonly FakeUniformHost _host = new();
    private readonly SiteManager _manager;

    public UniformSitesTests()
    {
        _manager = new SiteManager(
            new FakeMachineHost(),
            new SiteManagerOptions { CacheFolder = _folder, WatchInterval = null },
            _ => { });
    }

    public void Dispose()
    {
        _manager.Dispose();
        _host.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Sites_AreFoundByTheirNumbers()
    {
        using UniformSites sites = await StartAsync(1000);

        Assert.Equal("site-1", sites.Find("site-1.localhost")!.Name);
        Assert.Equal("site-1000", sites.Find("SITE-1000")!.Name);
        foreach (string wrong in new[] { "site-0", "site-1001", "site-01", "site-", "site", "site-1x", "site--1", "" })
        {
            Assert.Null(sites.Find(wrong));
        }

        Assert.Equal(SiteState.Ready, sites.Find("site-77")!.State);
        Assert.Equal(1000, _host.Running.Count);
        Assert.NotEqual(sites.Find("site-1")!.Machine!.Machine.Id, sites.Find("site-2")!.Machine!.Machine.Id);
    }

    [Fact]
    public async Task Machine_ThatEnds_IsMadeAnewAfterAWait()
    {
        using UniformSites sites = await StartAsync(10);
        ulong before = sites.Find("site-3")!.Machine!.Machine.Id;

        _host.End(before, "fell over");
        Site site = sites.Find("site-3")!;
        WaitUntil(() => site.State == SiteState.Failed);
        Assert.Equal("fell over", site.Message);
        Assert.Null(site.Machine);
        Assert.Equal((0, 9, 1), sites.Counts);
        WaitUntil(() => _time.Waiting.Contains(BackOff.First));
        _time.Advance(BackOff.First);
        WaitUntil(() => site.State == SiteState.Ready);

        Assert.NotEqual(before, site.Machine!.Machine.Id);
        Assert.Equal((2, ""), (site.StartCount, site.Message));
        Assert.Equal((0, 10, 0), sites.Counts);
    }

    [Fact]
    public async Task Machine_ThatCannotBeMadeAnew_IsTriedAgainLater()
    {
        using UniformSites sites = await StartAsync(3);
        _host.Refusal = "no room";
        _host.End(sites.Find("site-1")!.Machine!.Machine.Id, "fell over");
        Site site = sites.Find("site-1")!;
        WaitUntil(() => site.State == SiteState.Failed);
        WaitUntil(() => _time.Waiting.Contains(BackOff.First));
        _time.Advance(BackOff.First);
        WaitUntil(() => site.Message == "no room");

        _host.Refusal = null;
        WaitUntil(() => _time.Waiting.Contains(BackOff.First * 2));
        _time.Advance(BackOff.First * 2);

        WaitUntil(() => site.State == SiteState.Ready);
    }

    [Fact]
    public async Task Start_ThatIsRefused_SaysWhy()
    {
        _host.Refusal = "no room";
        using var sites = new UniformSites(_host, 5, _folder, _time);

        var error = await Assert.ThrowsAsync<ControlException>(sites.StartAsync);

        Assert.Equal("no room", error.Message);
        Assert.Equal((5, 0, 0), sites.Counts);
    }

    [Fact]
    public async Task Commands_ReachThemLikeOthers()
    {
        using UniformSites sites = await StartAsync(20);
        var control = new SiteControl(_manager, sites, _host, new SiteControlOptions { Time = _time });

        SiteDetail detail = control.Inspect("site-7");
        Assert.Equal((_folder, "/a/disk"), (detail.Directory, detail.Disk));
        Assert.Equal((SiteState.Ready, 4096UL), (detail.Site.State, detail.Site.MemoryBytes));

        await control.DestroyAsync("site-7");
        Assert.Null(sites.Find("site-7"));
        Assert.Equal(19, _host.Running.Count);
        var gone = await Assert.ThrowsAsync<ControlException>(() => control.DestroyAsync("site-7"));
        Assert.Contains("site-1 to site-20", gone.Message, StringComparison.Ordinal);
        var taken = await Assert.ThrowsAsync<ControlException>(
            () => control.CreateAsync(
                new NewSite("site-8", _folder), TestContext.Current.CancellationToken));
        Assert.Equal(Refusal.Conflict, taken.Refusal);
        Assert.Contains("is taken by the 20 sites of --sites COUNT", taken.Message, StringComparison.Ordinal);

        control.Kill("site-8");
        WaitUntil(() => sites.Find("site-8")!.State == SiteState.Failed);
        Assert.Equal(new SiteCounts(0, 18, 1), control.Sample().Sites);
        Assert.Equal("site-8", Assert.Single(control.List(new SiteFilter(State: SiteState.Failed), "", 9).Sites).Name);
    }

    [Fact]
    public async Task List_OfVeryMany_ComesInPartsAndHasEachOnce()
    {
        const int Count = 200_000;
        using UniformSites sites = await StartAsync(Count);
        var control = new SiteControl(_manager, sites, _host, new SiteControlOptions { Time = _time });
        int index = 0;
        int parts = 0;
        string? cursor = "";
        while (cursor is not null)
        {
            SitePage page = control.List(new SiteFilter(), cursor, SiteControl.PageMax);
            Assert.InRange(page.Sites.Count, 1, SiteControl.PageMax);
            parts++;
            foreach (SiteRow row in page.Sites)
            {
                Assert.Equal($"site-{++index}", row.Name);
            }

            cursor = page.Next;
        }

        Assert.Equal(Count, index);
        Assert.Equal((Count + SiteControl.PageMax - 1) / SiteControl.PageMax, parts);

        // Only so many sites are looked at for a part. So it may be empty, and there is more.
        SitePage first = control.List(new SiteFilter($"site-{Count}"), "", 10);
        Assert.Empty(first.Sites);
        Assert.NotNull(first.Next);
        _ = Assert.Throws<ControlException>(() => control.List(new SiteFilter(), "#x", 10));
    }

    [Fact]
    public async Task Memory_OfASite_IsSmall()
    {
        const int Count = 100_000;
        using var sites = new UniformSites(new CountingHost(), Count, _folder, _time);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        await sites.StartAsync();

        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(after - before < Count * 8, $"{(after - before) / Count} bytes for each besides its record");
    }

    [Fact]
    public async Task Requests_AreCountedAndLimited()
    {
        using UniformSites sites = await StartAsync(2);
        Site one = sites.Find("site-1")!;
        Assert.True(one.TryEnter(1));
        Assert.False(sites.Find("site-1")!.TryEnter(1));
        Assert.True(sites.Find("site-2")!.TryEnter(1));
        one.Leave();
        Assert.True(sites.Find("site-1")!.TryEnter(1));

        Assert.Equal((3L, 1), (one.RequestCount, one.RequestsUnderWay));
    }

    private static void WaitUntil(Func<bool> isSo)
    {
        long start = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Events.Patience, "it did not come about");
            _ = Thread.Yield();
        }
    }

    private async Task<UniformSites> StartAsync(int count)
    {
        var sites = new UniformSites(_host, count, _folder, _time);
        await sites.StartAsync();
        return sites;
    }

    /// <summary>Makes VMs that take nothing at all.</summary>
    private sealed class CountingHost : IUniformHost
    {
        private ulong _last;

        public System.Net.Http.HttpMessageInvoker Client => throw new InvalidOperationException();

        public string? DiskPath => null;

        public Action<ulong, string>? Ended { get; set; }

        public ulong Start(TimeSpan patience, CancellationToken cancellation) => ++_last;

        public bool TryResume(ulong machineId) => throw new InvalidOperationException();

        public void Forget(ulong machineId) => throw new InvalidOperationException();

        public ISiteMachine Open(ulong machineId) => throw new InvalidOperationException();
    }
}
