// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Disks;

/// <summary>VMs that always have something under way with their disks give up their slots like others, and find what
/// they asked for.</summary>
public sealed class DiskParkingTests : IDisposable
{
    private const uint Wrong = 1000;

    private readonly TestImage _image = new();

    public DiskParkingTests()
    {
        // So that threads read, and there is something under way whenever a VM idles.
        _image.Disk.HasCache = false;
    }

    public void Dispose() => _image.Dispose();

    [Fact]
    public void ReadingAllTheTime_OthersWaitForASlot_GivesItUp()
    {
        using var kernel = new TestKernel(slotLimit: 1);
        ulong id = Start(kernel, slot => Reader(slot, uint.MaxValue));
        TestKernel.WaitFor(() => kernel.Engine.Slots.Sum(slot => slot.EntryCount) > 10, "it reads");
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(2u, kernel.Run(slot => [slot.Terminate(2)]).Code);
        }

        kernel.Kernel.RequestTermination(id);
        Assert.Equal((ExitCause.Terminated, 0u), CauseOf(kernel.Observer.WaitForEnd(id)));
        Assert.NotEqual(0u, kernel.Kernel.SlotUsage.Parks);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    public void Reading_MoreMachinesThanSlots_AllFindWhatTheyAskedFor(int workers, int slots)
    {
        using var kernel = new TestKernel(workers, slotLimit: slots);
        ulong[] ids = [.. Enumerable.Range(0, 12).Select(_ => Start(kernel, slot => Reader(slot, 300)))];

        Assert.All(ids, id => Assert.Equal(
            (ExitCause.Terminated, 0u), CauseOf(kernel.Observer.WaitForEnd(id))));
        Assert.NotEqual(0u, kernel.Kernel.SlotUsage.Parks);
    }

    [Fact]
    public void KilledWhileTheyWait_NoBufferIsLost()
    {
        using var kernel = new TestKernel(slotLimit: 1);
        for (int round = 0; round < 10; round++)
        {
            // Together they may have more under way than a worker has buffers.
            ulong[] ids = [.. Enumerable.Range(0, 5).Select(_ => Start(kernel, slot => Reader(slot, uint.MaxValue)))];
            Array.ForEach(ids, kernel.Kernel.Kill);
            kernel.Observer.WaitForEnds(ids);
        }

        MachineExit exit = kernel.Observer.WaitForEnd(Start(kernel, slot => Reader(slot, 200)));
        Assert.Equal((ExitCause.Terminated, 0u), CauseOf(exit));
    }

    [Fact]
    public async Task SaveAll_ParkedWithRequestsUnderWay_SavesThemWhenAllIsThere()
    {
        using var device = new FaultySwapDevice();
        using var kernel = new TestKernel(slotLimit: 1, swap: device);
        ulong[] ids = [.. Enumerable.Range(0, 4).Select(_ => Start(kernel, slot => Reader(slot, uint.MaxValue)))];
        TestKernel.WaitFor(() => kernel.Kernel.SlotUsage.Parks > 10, "they take turns");

        SaveReport report = await kernel.Kernel.SaveAllAsync(TestObserver.Limit);

        Assert.Empty(report.Unsaved);
        Assert.Equal(ids, report.Saved.Order());
    }

    /// <summary>Reads, always several at a time, until it has read so much or is asked to end; looks at all of
    /// it.</summary>
    private IEnumerable<EngineExit> Reader(FakeSlot slot, uint reads)
    {
        const uint AtOnce = 8;
        var underWay = new SortedSet<uint>();
        uint sent = 0;
        bool isAsked = false;
        yield return FakeSlot.Touch(DiskGuest.Buffers);
        while (underWay.Count > 0 || (sent < reads && !isAsked))
        {
            var disk = new DiskGuest(FakeSlot.Here);
            foreach ((uint tag, DiskStatus status) in disk.Take())
            {
                byte[] found = disk.BufferAt(AddressOf(tag), 4096);
                if (!underWay.Remove(tag)
                    || status != DiskStatus.Ok
                    || !_image.Sectors(SectorOf(tag), 1).AsSpan().SequenceEqual(found))
                {
                    yield return FakeSlot.Here.Terminate(Wrong + tag);
                }
            }

            while (sent < reads && !isAsked && (underWay.Count == 0 || sent < underWay.Min + AtOnce))
            {
                Assert.True(disk.Send(DiskGuest.Read(SectorOf(sent), tag: sent, address: AddressOf(sent))));
                underWay.Add(sent++);
            }

            if (underWay.Count > 0)
            {
                yield return FakeSlot.Here.Idle();
                isAsked |= (FakeSlot.Here.Take() & InterruptBits.Terminate) != 0;
            }
        }

        yield return FakeSlot.Here.Terminate(0);

        static ulong SectorOf(uint tag) => tag * 5 % 251;

        static ulong AddressOf(uint tag) => DiskGuest.Buffers + (tag % AtOnce * 4096ul);
    }

    private static (ExitCause Cause, uint Code) CauseOf(MachineExit exit) => (exit.Cause, exit.Code);

    private ulong Start(TestKernel kernel, GuestProgram program)
    {
        using LoadedImage image = kernel.Load(program);
        return kernel.Kernel.Create(
            new MachineOptions { Image = image, Observer = kernel.Observer, Disks = [_image.Disk] });
    }
}
