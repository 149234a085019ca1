// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Api;
using Denali.Control.Sites;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>Sites start, are started again, change and end, on VMs that the test plays and by its clock.</summary>
public sealed class SiteManagerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-sites-").FullName;
    private readonly FakeTime _time = new();
    private readonly FakeMachineHost _host = new();
    private readonly Events _events = new();
    private readonly SiteManager _manager;

    public SiteManagerTests()
    {
        Assert.SkipUnless(File.Exists("/sbin/mke2fs"), "there is no mke2fs on this machine; e2fsprogs has it");
        _ = Directory.CreateDirectory(Content);
        File.WriteAllText(Path.Combine(Content, "index.html"), "home");
        _manager = new SiteManager(
            _host,
            new SiteManagerOptions
            {
                CacheFolder = Path.Combine(_folder, "cache"),
                Time = _time,
                WatchInterval = TimeSpan.FromSeconds(7),
            },
            _events.Add);
    }

    private string Content => Path.Combine(_folder, "content");

    private SiteDefinition Definition => SiteDefinition.Create("docs", Content, "/");

    public void Dispose()
    {
        _manager.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Set_NewSite_IsFoundAndBecomesReady()
    {
        FakeMachine machine = StartSite();

        Site site = _manager.Find("DOCS.localhost")!;
        Assert.Same(site, _manager.Find("docs"));
        Assert.Same(site, _manager.Find("docs.localhost."));
        Assert.Null(_manager.Find("other.localhost"));
        Assert.Equal(SiteState.Ready, site.State);
        Assert.Same(machine, site.Machine!.Machine);
        Assert.Equal(1, site.StartCount);
    }

    [Fact]
    public void Machine_ThatKeepsEnding_IsStartedAfterLongerAndLongerWaits()
    {
        _manager.Set(Definition);
        int[] expectedMs = [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000];
        for (int i = 0; i < expectedMs.Length; i++)
        {
            FakeMachine machine = _host.WaitFor(i);
            machine.Observer!.OnReady();
            _ = _events.WaitFor(SiteState.Ready, i + 1);
            machine.Observer.OnEnded("fell over");
            Assert.Equal("fell over", _events.WaitFor(SiteState.Failed, i + 1).Message);
            Assert.Null(_manager.Find("docs")!.Machine);

            var wait = TimeSpan.FromMilliseconds(expectedMs[i]);
            WaitUntil(() => _time.Waiting.Contains(wait), $"a wait of {wait}");
            Assert.Equal(i + 1, _host.Count);
            _time.Advance(wait);
        }
    }

    [Fact]
    public void Machine_ThatRanLong_IsStartedSoonAgain()
    {
        FakeMachine machine = StartSite();
        for (int i = 1; i <= 4; i++)
        {
            machine = EndAndRestart(machine, i);
        }

        _time.Advance(BackOff.Stable);
        machine.Observer!.OnEnded("fell over at last");
        _ = _events.WaitFor(SiteState.Failed, 5);
        WaitUntil(() => _time.Waiting.Contains(BackOff.First), "the first wait");
    }

    [Fact]
    public void Start_Refused_IsTriedAgain()
    {
        _host.Refusal = "no memory";
        _manager.Set(Definition);
        Assert.Equal("no memory", _events.WaitFor(SiteState.Failed).Message);

        _host.Refusal = null;
        WaitUntil(() => _time.Waiting.Contains(BackOff.First), "the first wait");
        _time.Advance(BackOff.First);
        _host.WaitFor(0).Observer!.OnReady();
        _ = _events.WaitFor(SiteState.Ready);
    }

    [Fact]
    public void Machine_ThatNeverBecomesReady_IsKilled()
    {
        _manager.Set(Definition);
        FakeMachine machine = _host.WaitFor(0);
        WaitUntil(() => _time.Waiting.Contains(TimeSpan.FromSeconds(20)), "the limit of the start");

        _time.Advance(TimeSpan.FromSeconds(20));
        _ = _events.WaitFor(SiteState.Failed);

        Assert.True(machine.IsKilled);
    }

    [Fact]
    public void Set_ChangedDirectory_IsServedByTheOldVmUntilTheNewIsReady()
    {
        FakeMachine old = StartSite();
        File.WriteAllText(Path.Combine(Content, "new.html"), "new");

        _manager.Set(Definition);
        FakeMachine next = _host.WaitFor(1);
        Assert.NotEqual(old.ImagePath, next.ImagePath);
        Assert.Same(old, _manager.Find("docs")!.Machine!.Machine);
        Assert.False(old.IsAskedToEnd);
        next.Observer!.OnReady();
        _ = _events.WaitFor(SiteState.Ready, 2);

        Assert.Same(next, _manager.Find("docs")!.Machine!.Machine);
        WaitUntil(() => old.IsAskedToEnd, "the old VM's end");
        old.Observer!.OnEnded("ended with 0");
        Assert.Equal(SiteState.Ready, _manager.Find("docs")!.State);
    }

    [Fact]
    public void Directory_Changed_IsSeenAndBuiltAgain()
    {
        _ = StartSite();
        File.WriteAllText(Path.Combine(Content, "index.html"), "another home");

        // The watch waits for two looks that see the same; each step lets one be due.
        WaitUntil(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return _host.Count == 2;
            },
            "a VM of the changed directory");
    }

    [Fact]
    public void Directory_Gone_LeavesTheSiteAsItIs()
    {
        FakeMachine machine = StartSite();
        Directory.Delete(Content, recursive: true);

        _manager.Set(new SiteDefinition("docs", Content));
        SiteEvent failed = _events.WaitFor(SiteState.Ready, 2);

        Assert.Contains("cannot be read", failed.Message, StringComparison.Ordinal);
        Assert.Same(machine, _manager.Find("docs")!.Machine!.Machine);
    }

    [Fact]
    public void Set_TwiceWhileImagesAreTidied_SecondCannotBeBuilt_StartsAgainFromTheFirst()
    {
        string second = Directory.CreateDirectory(Path.Combine(_folder, "second")).FullName;
        using var gate = new ManualResetEventSlim();
        using var manager = new SiteManager(
            _host,
            new SiteManagerOptions
            {
                CacheFolder = Path.Combine(_folder, "own"),
                Time = _time,
                WatchInterval = null,
                OwnsCacheFolder = true,
            },
            change =>
            {
                _events.Add(change);
                Assert.True(change.Site.Name != "gate" || gate.Wait(Events.Patience), "the gate stayed shut");
            });
        manager.Set(Definition);
        _host.WaitFor(0).Observer!.OnReady();
        _ = _events.WaitFor(SiteState.Ready);

        // Behind the gate both changes are there when the first look at the folder, which waits for them, ends.
        manager.Set(new SiteDefinition("gate", Path.Combine(_folder, "none")));
        manager.RemoveUnneededImages();
        manager.Set(new SiteDefinition("docs", second));
        manager.Set(new SiteDefinition("docs", Path.Combine(_folder, "third")));
        gate.Set();
        Assert.Contains("third", _events.WaitFor(SiteState.Ready, 2).Message, StringComparison.Ordinal);
        _host.WaitFor(0).Observer!.OnEnded("fell over");
        WaitUntil(() => _time.Waiting.Contains(BackOff.First * 2), "the restart");
        _time.Advance(BackOff.Longest);

        FakeMachine next = _host.WaitFor(1);
        Assert.Equal(manager.Find("docs")!.DiskPath, next.ImagePath);
        Assert.NotEqual(_host.WaitFor(0).ImagePath, next.ImagePath);
        Assert.True(File.Exists(next.ImagePath));
    }

    [Fact]
    public void RemoveUnneededImages_InAFolderThatOthersUse_RemovesEarlierOnesOfTheSameDirectory()
    {
        string shared = Directory.CreateDirectory(Path.Combine(_folder, "shared")).FullName;
        string needed = Image('1', '2');
        string earlier = Image('1', '1');
        string foreign = Image('2', '1');
        using (var manager = new SiteManager(
            _host,
            new SiteManagerOptions { CacheFolder = shared, OtherImages = [needed], WatchInterval = null },
            _events.Add))
        {
            manager.RemoveUnneededImages();
            WaitUntil(() => !File.Exists(earlier), "the earlier image's end");
        }

        Assert.Equal([needed, foreign], Directory.GetFiles(shared).Order(StringComparer.Ordinal));

        string Image(char directory, char state)
        {
            string path = Path.Combine(shared, $"{new string(directory, 16)}-{new string(state, 32)}.img");
            File.WriteAllText(path, "an image");
            return path;
        }
    }

    [Fact]
    public void Group_OfAVmThatRunsOnWhileItsSiteCannotMoveToAnother_IsTold()
    {
        var control = new SiteControl(
            _manager, null, new FakeMachineControl(_host), new SiteControlOptions { Time = _time });
        _manager.Set(Definition with { Group = new SiteGroup("old", 1 << 30) });
        _host.WaitFor(0).Observer!.OnReady();
        _ = _events.WaitFor(SiteState.Ready);
        _host.Refusal = "the group is full";

        _manager.Set(Definition with { Group = new SiteGroup("new", 1 << 20) });

        Assert.Equal("the group is full", _events.WaitFor(SiteState.Ready, 2).Message);
        SiteDetail detail = control.Inspect("docs");
        Assert.Equal(("old", 1UL << 30), (detail.Group, detail.GroupLimitBytes));
    }

    [Fact]
    public void Remove_Site_EndsItsVmAndItIsFoundNoMore()
    {
        FakeMachine machine = StartSite();

        _manager.Remove("docs");
        WaitUntil(() => machine.IsAskedToEnd, "the VM's end");
        Assert.Null(_manager.Find("docs"));
        machine.Observer!.OnEnded("ended with 0");

        _ = _events.WaitFor(SiteState.Stopped);
        Assert.Equal(1, _host.Count);
    }

    [Fact]
    public async Task Stop_WithAVmThatDoesNotEnd_KillsItAfterTheGrace()
    {
        FakeMachine machine = StartSite();

        Task ended = _manager.StopAsync();
        WaitUntil(() => machine.IsAskedToEnd, "the VM's end");
        WaitUntil(() => _time.Waiting.Contains(TimeSpan.FromSeconds(1)), "the grace");
        Assert.False(ended.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        await ended.WaitAsync(Events.Patience, TestContext.Current.CancellationToken);
        Assert.True(machine.IsKilled);
    }

    [Fact]
    public void Image_OfAnUnchangedDirectory_IsMadeOnce()
    {
        FakeMachine first = StartSite();
        DateTime made = File.GetLastWriteTimeUtc(first.ImagePath);

        _manager.Set(Definition);
        FakeMachine second = _host.WaitFor(1);

        Assert.Equal(first.ImagePath, second.ImagePath);
        Assert.Equal(made, File.GetLastWriteTimeUtc(second.ImagePath));
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "cache")));
    }

    private static void WaitUntil(Func<bool> condition, string what) =>
        Assert.True(SpinWait.SpinUntil(condition, Events.Patience), $"waited in vain for {what}");

    private FakeMachine StartSite()
    {
        _manager.Set(Definition);
        FakeMachine machine = _host.WaitFor(0);
        machine.Observer!.OnReady();
        _ = _events.WaitFor(SiteState.Ready);
        return machine;
    }

    private FakeMachine EndAndRestart(FakeMachine machine, int count)
    {
        machine.Observer!.OnEnded("fell over");
        _ = _events.WaitFor(SiteState.Failed, count);
        WaitUntil(() => _time.Waiting.Length >= 2, "the restart and the watch");
        _time.Advance(BackOff.Longest);
        FakeMachine next = _host.WaitFor(count);
        next.Observer!.OnReady();
        _ = _events.WaitFor(SiteState.Ready, count + 1);
        return next;
    }
}
