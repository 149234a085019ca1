// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Sites;
using Denali.Control.State;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>Sites that are alike are there again after a restart, with the VMs that were saved, or others.</summary>
public sealed class UniformSurvivalTests : IDisposable
{
    // More than are written down at a time.
    private const int Count = UniformSites.TurnMax + 100;

    private readonly string _folder = Directory.CreateTempSubdirectory("denali-uniform-").FullName;
    private readonly FakeTime _time = new();
    private FakeUniformHost _host = new();
    private Catalogue _catalogue;
    private UniformStore _store = null!;
    private UniformSites? _sites;

    public UniformSurvivalTests() => _catalogue = Catalogue.Open(Place);

    private string Place => Path.Combine(_folder, "catalogue.db");

    public void Dispose()
    {
        _sites?.Dispose();
        _host.Dispose();
        _catalogue.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Sites_WhoseVmsWereSaved_GoOnWithThem()
    {
        await StartAsync(Count);
        ulong[] before = Machines();

        await RestartAsync(Count, before);

        Assert.Equal(before, Machines());
        Assert.Equal((0, Count, 0), _sites!.Counts);
        Assert.Empty(_host.Forgotten);
    }

    [Fact]
    public async Task Sites_OfWhichSomeVmsWereSaved_StartTheOthersAnew()
    {
        await StartAsync(Count);
        ulong[] before = Machines();
        ulong[] saved = [.. before.Where((_, index) => index % 3 == 0)];

        // And again: those that were made by the second kernel are written down as well.
        await RestartAsync(Count, saved);
        ulong[] after = Machines();
        await RestartAsync(Count, after);

        Assert.Equal(after, Machines());
        Assert.Equal(saved, after.Where((_, index) => index % 3 == 0));
        Assert.Equal(Count, after.Distinct().Count());
    }

    [Fact]
    public async Task Site_ThatWasDestroyed_StaysSo()
    {
        await StartAsync(Count);
        Assert.True(await _sites!.RemoveAsync((UniformSite)_sites.Find("site-7")!));
        Assert.True(await _sites.RemoveAsync((UniformSite)_sites.Find($"site-{Count}")!));
        ulong[] before = Machines();

        await RestartAsync(Count, before);
        Assert.Equal((null, null), (_sites!.Find("site-7"), _sites.Find($"site-{Count}")));
        Assert.Equal(before, Machines());
        Assert.Equal((0, Count - 2, 0), _sites.Counts);

        // Also when all the others start anew.
        await RestartAsync(Count, before, fingerprint: 2);
        Assert.Null(_sites.Find("site-7"));
        Assert.Equal(Count - 2, Machines().Except(before).Count(id => id != 0));
    }

    [Fact]
    public async Task Site_DestroyedBeforeItsVmIsBack_LeavesNoVm()
    {
        await StartAsync(3);
        ulong[] before = Machines();
        Open(3, before, fingerprint: 1);

        Assert.True(await _sites!.RemoveAsync((UniformSite)_sites.Find("site-2")!));
        await _sites.StartAsync();

        Assert.Equal([before[1]], _host.Forgotten);
        Assert.Equal([before[0], 0, before[2]], Machines());
    }

    [Fact]
    public async Task Site_WhoseVmIsAnotherNow_GoesOnWithThatOne()
    {
        await StartAsync(3);
        _host.End(Machines()[1], "fell over");
        WaitUntil(() => _time.Waiting.Contains(BackOff.First));
        _time.Advance(BackOff.First);
        WaitUntil(() => _sites!.Find("site-2")!.State == SiteState.Ready);
        ulong[] before = Machines();

        await RestartAsync(3, before);

        Assert.Equal(before, Machines());
    }

    [Fact]
    public async Task Sites_ThatServeSomethingElse_StartAnew()
    {
        await StartAsync(5);
        ulong[] before = Machines();

        await RestartAsync(5, before, fingerprint: 2);

        Assert.Empty(Machines().Intersect(before));
        Assert.Equal(Machines(), _catalogue.ReadUniformMachines(5));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    public async Task Sites_OfAnotherNumber_AreThoseThatThereWere(int count)
    {
        await StartAsync(5);
        ulong[] before = Machines();

        await RestartAsync(count, before);
        ulong[] after = Machines();

        Assert.Equal(before.Take(count), after.Take(5));
        Assert.Equal(count, after.Distinct().Count());
        Assert.Equal(count, _store.Definition!.Count);

        // Those that are beyond are not known any more.
        await RestartAsync(5, [.. before, .. after]);
        Assert.Equal(before.Take(count), Machines().Take(Math.Min(count, 5)));
    }

    [Fact]
    public async Task Sites_ThatAreEnded_AreNotThereAnyMore()
    {
        await StartAsync(5);
        Close();
        _store.Set(null);

        Assert.Null(_catalogue.ReadUniform());
        Assert.Empty(new UniformStore(_catalogue).Machines);
    }

    [Fact]
    public async Task Site_WhoseVmCannotBeReadNow_GoesOnWithItLater()
    {
        await StartAsync(3);
        ulong[] before = Machines();

        // The first starts anew, so the numbers are written once more.
        Open(3, before[1..], fingerprint: 1);
        _host.Unreadable = before[1];
        _ = await Assert.ThrowsAsync<ControlException>(_sites!.StartAsync);
        ulong anew = Machines()[0];
        Assert.Empty(_host.Forgotten);

        await RestartAsync(3, [anew, .. before[1..]]);

        Assert.Equal([anew, .. before[1..]], Machines());
    }

    [Fact]
    public async Task Sites_OfWhichNotAllCouldBeMade_GoOnWithThoseThatWere()
    {
        Open(Count, [], fingerprint: 1);
        _host.Most = UniformSites.TurnMax + 50;
        _ = await Assert.ThrowsAsync<ControlException>(_sites!.StartAsync);
        ulong[] before = Machines();

        await RestartAsync(Count, before);

        int made = UniformSites.TurnMax + 50;
        Assert.Equal(before.Take(made), Machines().Take(made));
        Assert.DoesNotContain(0UL, Machines());
    }

    [Fact]
    public async Task Sites_EndedWhileTheyWaitToBeLetIn_DoNotHoldUpTheEnd_AndGoOnWithTheirVms()
    {
        await StartAsync(3);
        ulong[] before = Machines();

        // The second starts anew, and is not let in.
        Open(3, [before[0], before[2]], fingerprint: 1);
        using var waits = new ManualResetEventSlim();
        _host.WaitsInLine = waits;
        Task started = _sites!.StartAsync();
        Assert.True(waits.Wait(Events.Patience, TestContext.Current.CancellationToken));
        _sites.Dispose();

        Assert.True(_host.IsGivenUp, "the end waited for it");
        await started.WaitAsync(Events.Patience, TestContext.Current.CancellationToken);
        await RestartAsync(3, [before[0], before[2]]);
        Assert.Equal((before[0], before[2]), (Machines()[0], Machines()[2]));
    }

    [Fact]
    public async Task Destroy_ThatCannotBeWritten_LeavesTheSite()
    {
        await StartAsync(3);
        using (var connection = new SqliteConnection($"Data Source={Place};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "DROP TABLE uniform_machines";
            _ = command.ExecuteNonQuery();
        }

        _ = await Assert.ThrowsAsync<ControlException>(
            () => _sites!.RemoveAsync((UniformSite)_sites.Find("site-2")!));

        Assert.Equal(SiteState.Ready, _sites!.Find("site-2")!.State);
        Assert.Equal(3, _host.Running.Count);
    }

    [Fact]
    public void Million_AreWrittenInFewRows()
    {
        ulong[] machines = [.. Enumerable.Range(1, UniformSites.CountMax).Select(id => (ulong)id)];
        Close();
        _store.Set(new UniformDefinition(UniformSites.CountMax, null, 1));
        for (int first = 0; first < machines.Length; first += UniformSites.TurnMax)
        {
            int count = Math.Min(UniformSites.TurnMax, machines.Length - first);
            _store.Write(first, machines.AsSpan(first, count));
        }

        Close();

        Assert.Equal(machines, _store.TakeMachines());
        Assert.InRange(new FileInfo(Place).Length, 8 * UniformSites.CountMax, 10 * UniformSites.CountMax);
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

    private ulong[] Machines() =>
        [.. Enumerable.Range(0, _sites!.Count).Select(index => _sites.Record(index).Machine)];

    private Task StartAsync(int count)
    {
        Open(count, [], fingerprint: 1);
        return _sites!.StartAsync();
    }

    /// <summary>Ends the sites, and starts them on a kernel that has some of the VMs.</summary>
    private Task RestartAsync(int count, IEnumerable<ulong> saved, UInt128? fingerprint = null)
    {
        Open(count, saved, fingerprint ?? 1);
        return _sites!.StartAsync();
    }

    private void Close()
    {
        _sites?.Dispose();
        _catalogue.Dispose();
        _catalogue = Catalogue.Open(Place);
        _store = new UniformStore(_catalogue);
    }

    private void Open(int count, IEnumerable<ulong> saved, UInt128 fingerprint)
    {
        Close();
        ulong last = _host.Last;
        _host.Dispose();
        _host = new FakeUniformHost { Last = last };
        foreach (ulong id in saved.Where(id => id != 0))
        {
            _host.Saved[id] = true;
        }

        _store.ForgetLost(_host.Saved.ContainsKey);
        _store.Set(new UniformDefinition(count, _folder, fingerprint));
        _sites = new UniformSites(_host, count, _folder, _time, _store);
    }
}
