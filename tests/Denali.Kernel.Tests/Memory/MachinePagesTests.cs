// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Memory;
using Denali.Kernel.Tests.Fakes;
using Denali.Kernel.Tests.Swap;
using Xunit;

namespace Denali.Kernel.Tests.Memory;

/// <summary>A VM's own pages are told wherever they are, and it stays there.</summary>
public sealed class MachinePagesTests : IDisposable
{
    private const uint RegisterPage = (uint)(AddressMap.RegisterPageBase / AddressMap.PageBytes);

    // Where the counters of SwapGuests count.
    private const uint CellPage = 0x60;

    private readonly FaultySwapDevice _device = new();

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    public void Dispose() => _device.Dispose();

    [Fact]
    public async Task ReadPages_BoundParkedAndSwapped_TellsWhatIsKnownAndLeavesItThere()
    {
        using var kernel = new TestKernel(swap: _device);
        ulong id = kernel.Start(_ => SwapGuests.Counter(3, rounds: 2));
        TestKernel.WaitFor(() => kernel.Kernel.List(id).State == MachineState.Idle, "it idles");

        using MachinePages bound = await ReadAsync(kernel, id);
        Assert.Equal((Residence.Bound, 0UL, true, true), Facts(bound));
        PageChange[] changes = [.. bound.FindChanges()];
        Assert.Contains(RegisterPage, changes.Select(change => change.Page));
        PageChange cell = Assert.Single(changes, change => change.Page == CellPage);
        Assert.Equal((1, (0, 8)), (cell.ByteCount, Assert.Single(cell.Ranges)));
        Assert.InRange(bound.CompressedBytes(CellPage), 1, 64);
        Assert.True(bound.TryGetPage(CellPage, out ReadOnlySpan<byte> contents));
        Assert.Equal(3, contents[0]);
        Assert.Equal(Residence.Bound, kernel.Kernel.List(id).Residence);

        Assert.True(await kernel.Kernel.ParkAsync(id).WaitAsync(TestObserver.Limit, Patience));
        using MachinePages parked = await ReadAsync(kernel, id);
        Assert.Equal((Residence.Parked, true, true), (parked.Residence, parked.IsKnown, parked.IsWhole));
        Assert.InRange(parked.KeptBytes, 1UL, 2000UL);
        Assert.Equal(changes.Select(Tell), parked.FindChanges().Select(Tell));
        Assert.Equal(Residence.Parked, kernel.Kernel.List(id).Residence);

        Assert.True(await kernel.Kernel.SwapOutAsync(id).WaitAsync(TestObserver.Limit, Patience));
        using MachinePages swapped = await ReadAsync(kernel, id);
        Assert.Equal((Residence.Swapped, false), (swapped.Residence, swapped.IsKnown));
        Assert.True(swapped.KeptBytes > 0);
        Assert.Empty(swapped.FindChanges());
        Assert.Equal(Residence.Swapped, kernel.Kernel.List(id).Residence);

        // It has lost nothing by that.
        kernel.Kernel.Wake(id);
        TestKernel.WaitFor(
            () => kernel.Engine.Slots.Sum(slot => slot.EntryCount) == 3
                && kernel.Kernel.List(id).State == MachineState.Idle,
            "it has run and idles");
        kernel.Kernel.Wake(id);
        Assert.Equal(SwapGuests.AllWell, kernel.Observer.WaitForEnd(id).Code);
    }

    [Fact]
    public async Task ReadPages_WhileItRuns_IsDoneBetweenTwoEntries()
    {
        using var kernel = new TestKernel();
        ulong id = kernel.Start(_ => SwapGuests.Spinner(42));

        using MachinePages pages = await ReadAsync(kernel, id);

        Assert.Equal(Residence.Bound, pages.Residence);
        Assert.Contains(RegisterPage, pages.FindChanges().Select(change => change.Page));
        kernel.Kernel.RequestTermination(id);
        Assert.Equal(42u, kernel.Observer.WaitForEnd(id).Code);
    }

    [Fact]
    public async Task ReadPages_GivenUpWhileTheWorkerIsBusy_EndsAtOnceAndCopiesNothing()
    {
        using var kernel = new TestKernel();
        using var isBusy = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        using var giveUp = new CancellationTokenSource();
        ulong id = kernel.Start(_ => Occupy(isBusy, goOn));
        TestKernel.WaitFor(isBusy, "the worker is in the VM");

        Task<MachinePages> pages = kernel.Kernel.ReadPagesAsync(id, TestObserver.Limit, giveUp.Token);
        Assert.False(pages.IsCompleted);
        await giveUp.CancelAsync();

        // The worker is in the VM still.
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => pages.WaitAsync(TestObserver.Limit, Patience));
        goOn.Set();
        Assert.Equal(5u, kernel.Observer.WaitForEnd(id).Code);
    }

    [Fact]
    public async Task ReadPages_OfAMachineThatEnded_IsRefused()
    {
        using var kernel = new TestKernel();
        ulong id = kernel.Start(_ => [FakeSlot.Here.Terminate(1)]);
        _ = kernel.Observer.WaitForEnd(id);

        var e = await Assert.ThrowsAsync<KernelException>(() => ReadAsync(kernel, id));

        Assert.Equal($"VM {id} has ended: only one that runs can be looked into", e.Message);
    }

    [Fact]
    public async Task ReadPages_OutlivesMachineAndImage_AndLetsThemGo()
    {
        using var kernel = new TestKernel();
        LoadedImage image = kernel.Load(_ => SwapGuests.Sleeper());
        ulong id = kernel.Kernel.Create(new MachineOptions { Image = image, Observer = kernel.Observer });
        MachinePages pages = await ReadAsync(kernel, id);
        var memoryBase = (FakeBase)image.Base;
        image.Dispose();
        kernel.Kernel.Kill(id);
        _ = kernel.Observer.WaitForEnd(id);

        Assert.NotEmpty(pages.FindChanges());
        Assert.False(memoryBase.IsDisposed);
        pages.Dispose();
        pages.Dispose();
        Assert.True(memoryBase.IsDisposed);
        Assert.Throws<ObjectDisposedException>(pages.FindChanges);
    }

    [Fact]
    public void TryAdd_MorePagesThanAreTold_StopsAndSaysSo()
    {
        using var kernel = new TestKernel();
        using LoadedImage image = kernel.Load(_ => []);
        using var pages = new MachinePages(image, Residence.Bound, 0);
        byte[] page = new byte[AddressMap.PageBytes];

        // Pages as they were do not count.
        Assert.True(pages.TryAdd(0, page));
        page[5] = 1;
        for (uint i = 0; i < MachinePages.PagesMax; i++)
        {
            Assert.True(pages.TryAdd(i, page));
        }

        Assert.True(pages.IsWhole);
        Assert.False(pages.TryAdd(MachinePages.PagesMax, page));
        Assert.False(pages.IsWhole);
        Assert.Equal(MachinePages.PagesMax, pages.FindChanges().Count);
    }

    [Fact]
    public void TryAdd_MorePagesThanAreCompared_StopsAndSaysSo()
    {
        using var kernel = new TestKernel();
        using LoadedImage image = kernel.Load(_ => []);
        using var pages = new MachinePages(image, Residence.Bound, 0);
        byte[] page = new byte[AddressMap.PageBytes];
        for (uint i = 0; i < MachinePages.LooksMax; i++)
        {
            Assert.True(pages.TryAdd(i, page));
        }

        Assert.True(pages.IsWhole);
        Assert.False(pages.TryAdd(MachinePages.LooksMax, page));
        Assert.False(pages.IsWhole);
        Assert.Empty(pages.FindChanges());
    }

    private static IEnumerable<EngineExit> Occupy(ManualResetEventSlim isBusy, ManualResetEventSlim goOn)
    {
        isBusy.Set();
        TestKernel.WaitFor(goOn, "the test has given up");
        yield return FakeSlot.Here.Terminate(5);
    }

    private static Task<MachinePages> ReadAsync(TestKernel kernel, ulong id) =>
        kernel.Kernel.ReadPagesAsync(id, TestObserver.Limit).WaitAsync(TestObserver.Limit, Patience);

    private static (Residence Residence, ulong Kept, bool IsKnown, bool IsWhole) Facts(MachinePages pages) =>
        (pages.Residence, pages.KeptBytes, pages.IsKnown, pages.IsWhole);

    private static (uint Page, int Bytes) Tell(PageChange change) => (change.Page, change.ByteCount);
}
