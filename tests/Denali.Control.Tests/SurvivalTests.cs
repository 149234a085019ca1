// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Sites;
using Denali.Control.State;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>Sites are there again after a restart, with the VMs that were saved, or with others.</summary>
public sealed class SurvivalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-survival-").FullName;
    private FakeMachineHost _host = null!;
    private Events _events = null!;
    private Catalogue _catalogue = null!;
    private CatalogueStore _store = null!;
    private SiteManager _manager = null!;

    public SurvivalTests()
    {
        Assert.SkipUnless(File.Exists("/sbin/mke2fs"), "there is no mke2fs on this machine; e2fsprogs has it");
        _ = Directory.CreateDirectory(Content);
        File.WriteAllText(Path.Combine(Content, "index.html"), "home");
        Start();
    }

    private string Content => Path.Combine(_folder, "content");

    private SiteDefinition Definition => SiteDefinition.Create("docs", Content, "/");

    public void Dispose()
    {
        _manager.Dispose();
        _catalogue.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Site_WhoseVmWasSaved_GoesOnWithIt()
    {
        ulong id = await AddAsync();

        Restart(id);
        SiteDefinition kept = Assert.Single(_store.Kept);
        Assert.Equal(Definition, kept);
        await _manager.SetAsync(kept, isKept: true);
        Site site = _events.WaitFor(SiteState.Ready).Site;

        Assert.Equal((SiteState.Ready, id), (site.State, site.Machine!.Machine.Id));
        Assert.Equal(id, Assert.Single(_catalogue.Read()).Machine);
        Assert.Empty(_host.Forgotten);

        // When that one ends, another follows.
        _host.WaitFor(0).Observer!.OnEnded("fell over");
        Assert.NotEqual(id, _host.WaitFor(1).Id);
    }

    [Fact]
    public async Task Site_WhoseVmWasNotSaved_GetsAnother()
    {
        ulong id = await AddAsync();

        Restart();
        await _manager.SetAsync(_store.Kept[0], isKept: true);
        FakeMachine machine = _host.WaitFor(0);
        machine.Observer!.OnReady();
        _ = _events.WaitFor(SiteState.Ready);

        Assert.Equal([id], _host.Forgotten);
        Assert.Equal(machine.Id, _catalogue.Read()[0].Machine);
    }

    [Fact]
    public async Task Site_WhoseVmCannotGoOnNow_GoesOnWithItLater()
    {
        ulong id = await AddAsync();

        // As if the whole time of this process were not enough, and then that of the next is.
        Restart(id);
        _host.Unreadable = id;
        await _manager.SetAsync(_store.Kept[0], isKept: true);
        Assert.Equal("the disk does not answer", _events.WaitFor(SiteState.Failed).Message);
        await _manager.FreezeAsync();
        Assert.Empty(_host.Forgotten);
        Assert.Equal(0, _host.Count);

        Restart(id);
        _host.Unreadable = id;
        await _manager.SetAsync(_store.Kept[0], isKept: true);
        _ = _events.WaitFor(SiteState.Failed);
        _host.Unreadable = 0;
        Site site = _events.WaitFor(SiteState.Ready).Site;

        Assert.Equal(id, site.Machine!.Machine.Id);
        Assert.Empty(_host.Forgotten);
    }

    [Fact]
    public async Task Site_DestroyedWhileItsVmCannotGoOn_LeavesNoVm()
    {
        ulong id = await AddAsync();
        Restart(id);
        _host.Unreadable = id;
        await _manager.SetAsync(_store.Kept[0], isKept: true);
        _ = _events.WaitFor(SiteState.Failed);

        Assert.True(await _manager.RemoveAsync("docs"));

        Assert.Equal([id], _host.Forgotten);
    }

    [Fact]
    public async Task Site_WhoseDirectoryHasChanged_StartsAnew()
    {
        ulong id = await AddAsync();
        await File.WriteAllTextAsync(
            Path.Combine(Content, "index.html"), "other", TestContext.Current.CancellationToken);

        Restart(id);
        await _manager.SetAsync(_store.Kept[0], isKept: true);
        FakeMachine machine = _host.WaitFor(0);

        Assert.NotEqual(id, machine.Id);
        Assert.Equal([id], _host.Forgotten);
    }

    [Fact]
    public async Task Site_ThatWasDestroyed_IsGoneWithItsVm()
    {
        ulong id = await AddAsync();
        Restart(id);

        // Before and after it has been started again.
        await _manager.SetAsync(_store.Kept[0], isKept: true);
        _ = _events.WaitFor(SiteState.Ready);
        Assert.True(await _manager.RemoveAsync("docs"));

        Restart(id);
        Assert.Empty(_store.Kept);
        Assert.Empty(_store.Machines);
    }

    [Fact]
    public async Task Site_DestroyedWhileItsVmBoots_IsNotWrittenDownWhenThatIsReady()
    {
        await _manager.SetAsync(Definition, isKept: true);
        FakeMachine machine = _host.WaitFor(0);
        Assert.True(await _manager.RemoveAsync("docs"));

        machine.Observer!.OnReady();
        machine.Observer.OnEnded("ended with 0");
        _ = _events.WaitFor(SiteState.Stopped);

        Assert.Empty(_catalogue.Read());
    }

    [Fact]
    public async Task Site_ThatSomebodyLists_IsThereWhileItIsListed()
    {
        await _manager.SetAsync(Definition);
        Restart();
        _store.ForgetLost(_ => true);
        Assert.Empty(_catalogue.Read());
    }

    [Fact]
    public async Task Site_ThatNeverServed_IsNotWrittenDown()
    {
        await _manager.SetAsync(Definition, isKept: true);
        _host.WaitFor(0).Observer!.OnEnded("fell over");
        _ = _events.WaitFor(SiteState.Failed);

        Restart();
        Assert.Empty(_catalogue.Read());
    }

    [Fact]
    public async Task Site_WhoseNewDirectoryNeverServed_KeepsTheOld()
    {
        _ = await AddAsync();
        string other = Directory.CreateDirectory(Path.Combine(_folder, "other")).FullName;
        await _manager.SetAsync(SiteDefinition.Create("docs", other, "/"), isKept: true);
        FakeMachine second = _host.WaitFor(1);
        Assert.Equal(Definition, Assert.Single(_catalogue.Read()).Definition);

        second.Observer!.OnReady();
        Assert.True(SpinWait.SpinUntil(
            () => _catalogue.Read()[0].Definition.Source == other, TimeSpan.FromSeconds(30)), "the old one is kept");
    }

    [Fact]
    public async Task Site_WhoseNewDirectoryCannotBeBuiltWhileItBoots_IsWrittenDownWithWhatItServes()
    {
        string other = Path.Combine(_folder, "other");
        await _manager.SetAsync(Definition, isKept: true);
        FakeMachine first = _host.WaitFor(0);
        await _manager.SetAsync(new SiteDefinition("docs", other), isKept: true);
        _ = _events.WaitFor(SiteState.Failed);

        first.Observer!.OnReady();
        _ = _events.WaitFor(SiteState.Ready);
        CatalogueRow row = Assert.Single(_catalogue.Read());
        Assert.Equal((Definition, first.Id), (row.Definition, row.Machine));

        // Once it serves the other, that is written down.
        _ = Directory.CreateDirectory(other);
        await _manager.SetAsync(new SiteDefinition("docs", other), isKept: true);
        _host.WaitFor(1).Observer!.OnReady();
        Assert.True(SpinWait.SpinUntil(
            () => _catalogue.Read()[0].Definition.Source == other, TimeSpan.FromSeconds(30)), "the old one is kept");
    }

    [Fact]
    public async Task Vm_ThatWasLost_IsNamedByNobody()
    {
        ulong id = await AddAsync();

        Restart();
        _store.ForgetLost(machine => machine != id);

        // Its number may be another site's VM by now.
        Assert.Empty(_store.Machines);
        Assert.Equal(0UL, Assert.Single(_catalogue.Read()).Machine);
    }

    [Fact]
    public async Task Images_OfSitesThatAreGone_AreRemoved()
    {
        string other = Directory.CreateDirectory(Path.Combine(_folder, "other")).FullName;
        Assert.NotNull(await _manager.AddAsync(Definition));
        Assert.NotNull(await _manager.AddAsync(SiteDefinition.Create("twin", Content, "/")));
        Assert.NotNull(await _manager.AddAsync(SiteDefinition.Create("other", other, "/")));
        string shared = _host.WaitFor(0).ImagePath;
        Assert.Equal(shared, _host.WaitFor(1).ImagePath);
        string own = _host.WaitFor(2).ImagePath;

        Assert.True(await _manager.RemoveAsync("docs"));
        Assert.True(await _manager.RemoveAsync("other"));
        WaitUntilGone(own);
        Assert.True(File.Exists(shared));

        // Nobody lists the twin any more when the next process starts.
        _catalogue.Remove("twin");
        Restart();
        _manager.RemoveUnneededImages();
        WaitUntilGone(shared);
    }

    [Fact]
    public async Task Image_OfASiteWhoseTwinWasMadeAnew_IsThereUntilItIsMadeAnewToo()
    {
        SiteDefinition twin = SiteDefinition.Create("twin", Content, "/");
        Assert.NotNull(await _manager.AddAsync(Definition));
        Assert.NotNull(await _manager.AddAsync(twin));
        string shared = _host.WaitFor(1).ImagePath;
        await File.WriteAllTextAsync(
            Path.Combine(Content, "index.html"), "other", TestContext.Current.CancellationToken);
        await _manager.SetAsync(Definition);
        Assert.NotEqual(shared, _host.WaitFor(2).ImagePath);

        // The twin's VM is started again from it, as long as nobody has looked at the directory for the twin.
        _host.WaitFor(1).Observer!.OnEnded("fell over");
        Assert.Equal(shared, _host.WaitFor(3).ImagePath);

        await _manager.SetAsync(twin);
        Assert.Equal(_host.WaitFor(2).ImagePath, _host.WaitFor(4).ImagePath);
        WaitUntilGone(shared);
        Assert.True(File.Exists(_host.WaitFor(4).ImagePath));
    }

    [Fact]
    public async Task Images_WhoseFolderSomebodyRemoved_AreMadeAgain()
    {
        _ = await AddAsync();
        Directory.Delete(Path.Combine(_folder, "cache"), recursive: true);
        await File.WriteAllTextAsync(
            Path.Combine(Content, "index.html"), "other", TestContext.Current.CancellationToken);

        await _manager.SetAsync(Definition);

        Assert.True(File.Exists(_host.WaitFor(1).ImagePath));
    }

    [Fact]
    public async Task Images_WhoseFolderCannotBeMade_FailTheSiteAndNothingElse()
    {
        string cache = Path.Combine(_folder, "cache");
        ulong id = await AddAsync();
        Directory.Delete(cache, recursive: true);
        await File.WriteAllTextAsync(cache, "no folder", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(Content, "index.html"), "other", TestContext.Current.CancellationToken);

        await _manager.SetAsync(Definition);

        // It runs on as it was.
        Assert.Contains("cannot be made", _events.WaitFor(SiteState.Ready, 2).Message, StringComparison.Ordinal);
        Assert.Equal(id, _manager.Find("docs")!.Machine!.Machine.Id);
        File.Delete(cache);
    }

    [Fact]
    public async Task Image_ThatIsServedThoughTheSiteHasAnotherDirectory_IsNotRemoved()
    {
        _ = await AddAsync();
        string served = _host.WaitFor(0).ImagePath;
        await _manager.SetAsync(new SiteDefinition("docs", Path.Combine(_folder, "none")));
        _ = _events.WaitFor(SiteState.Ready, 2);
        string unneeded = Path.Combine(_folder, "cache", $"{new string('0', 16)}-{new string('0', 32)}.img");
        await File.WriteAllTextAsync(unneeded, "an image", TestContext.Current.CancellationToken);

        _manager.RemoveUnneededImages();
        WaitUntilGone(unneeded);

        // The VM is started again from it.
        Assert.True(File.Exists(served));
        _host.WaitFor(0).Observer!.OnEnded("fell over");
        Assert.Equal(served, _host.WaitFor(1).ImagePath);
    }

    [Fact]
    public async Task Site_OfADiskImage_ServesItAsItIs()
    {
        string image = Path.Combine(_folder, "disk.img");
        await File.WriteAllTextAsync(image, "an image", TestContext.Current.CancellationToken);
        SiteDefinition definition = SiteDefinition.CreateOfImage("disk", "disk.img", _folder);

        Site? site = await _manager.AddAsync(definition);

        Assert.Equal(image, _host.WaitFor(0).ImagePath);
        Assert.Equal(image, site!.DiskPath);
        Assert.Equal(definition, _catalogue.Read()[0].Definition);
        Assert.Contains(
            "there is no disk image",
            Assert.Throws<ControlException>(() => SiteDefinition.CreateOfImage("a", "none", _folder)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Freeze_LeavesVmsAsTheyAre()
    {
        ulong id = await AddAsync();
        FakeMachine machine = _host.WaitFor(0);

        await _manager.FreezeAsync();
        machine.Observer!.OnEnded("the kernel ends");
        await _manager.SetAsync(SiteDefinition.Create("more", Content, "/"));

        Assert.False(machine.IsAskedToEnd || machine.IsKilled);
        Assert.Equal(1, _host.Count);
        Assert.Equal(id, Assert.Single(_catalogue.Read()).Machine);
    }

    [Fact]
    public async Task Catalogue_ThatCannotBeWritten_RefusesASiteAndKeepsTheOthers()
    {
        ulong id = await AddAsync();
        Change("ALTER TABLE sites RENAME TO hidden");

        _ = await Assert.ThrowsAsync<ControlException>(
            () => _manager.AddAsync(SiteDefinition.Create("more", Content, "/")));
        _ = await Assert.ThrowsAsync<ControlException>(() => _manager.RemoveAsync("docs"));

        Change("ALTER TABLE hidden RENAME TO sites");
        Assert.Null(_manager.Find("more"));
        Assert.Equal(id, _manager.Find("docs")!.Machine!.Machine.Id);
        Restart(id);
        Assert.Single(_store.Kept);
    }

    private static void WaitUntilGone(string path) => Assert.True(
        SpinWait.SpinUntil(() => !File.Exists(path), TimeSpan.FromSeconds(30)), $"{path} is there still");

    private void Change(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={_folder}/catalogue.db;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = statement;
        _ = command.ExecuteNonQuery();
    }

    /// <summary>Adds the site, and waits until it serves.</summary>
    private async Task<ulong> AddAsync()
    {
        Assert.NotNull(await _manager.AddAsync(Definition));
        FakeMachine machine = _host.WaitFor(0);
        machine.Observer!.OnReady();
        _ = _events.WaitFor(SiteState.Ready);
        return machine.Id;
    }

    /// <summary>Another process begins where this one ended, with the VMs that were saved.</summary>
    private void Restart(params ulong[] saved)
    {
        _manager.Dispose();
        _catalogue.Dispose();
        Start();
        _host.Saved.UnionWith(saved);
    }

    private void Start()
    {
        _host = new FakeMachineHost { FirstId = _host is null ? 1UL : 100UL };
        _events = new Events();
        _catalogue = Catalogue.Open(Path.Combine(_folder, "catalogue.db"));
        _store = new CatalogueStore(_catalogue, []);
        _manager = new SiteManager(
            _host,
            new SiteManagerOptions
            {
                CacheFolder = Path.Combine(_folder, "cache"),
                OwnsCacheFolder = true,
                WatchInterval = null,
                Store = _store,
            },
            _events.Add);
    }
}
