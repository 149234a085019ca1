// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Swap;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Swap;

/// <summary>VMs go to the swap file and come back as they were, whatever happens meanwhile and whatever the device
/// does.</summary>
public sealed class SwapTests : IDisposable
{
    private readonly FaultySwapDevice _device = new();

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(2, 16)]
    public void Parked_MoreThanAllowed_GoToTheFileAndKeepTheirMemory(int workers, int slots)
    {
        const int Machines = 40;
        using var kernel = new TestKernel(workers, slotLimit: slots, swap: _device, parkedLimitBytes: 2000);
        ulong[] ids =
        [
            .. Enumerable.Range(1, Machines).Select(
                i => kernel.Start(
                    _ => SwapGuests.Counter((ulong)i, 20, sleepNs: ((ulong)i % 3 * 200_000) + 1, waits: true))),
        ];
        TestKernel.WaitFor(
            () => ids.All(id => kernel.Kernel.List(id).State == MachineState.Idle), "all wait to be woken");
        TestKernel.WaitFor(() => kernel.Kernel.MemoryUsage.SwapOuts > 0, "VMs are swapped out");

        Array.ForEach(ids, kernel.Kernel.Wake);
        Assert.All(ids, id => Assert.Equal(
            (ExitCause.Terminated, SwapGuests.AllWell), CauseOf(kernel.Observer.WaitForEnd(id))));

        MemoryUsage usage = kernel.Kernel.MemoryUsage;
        Assert.True(usage.SwapOuts > 0 && usage.SwapIns > 0, $"{usage}");
        Assert.InRange(usage.SwappedWakes.Count, 0u, usage.SwapIns);
        Assert.Equal((0, 0UL), (usage.SwappedMachines, usage.SwapLost));
        Assert.Equal((0UL, 0UL), (usage.SwapUsedBytes, usage.ParkedBytes));
    }

    [Fact]
    public async Task Operations_OnOneMachine_MoveItToAndFro()
    {
        using var kernel = new TestKernel(swap: _device);
        ulong id = kernel.Start(_ => SwapGuests.Counter(3, rounds: 3));
        WaitForEntries(kernel, 2);
        Assert.Equal(Residence.Bound, ResidenceOf(kernel, id));

        Assert.True(await kernel.Kernel.ParkAsync(id).WaitAsync(TestObserver.Limit, Patience));
        Assert.Equal(Residence.Parked, ResidenceOf(kernel, id));
        Assert.True(kernel.Kernel.MemoryUsage.ParkedBytes > 0);
        Assert.True(await kernel.Kernel.SwapOutAsync(id).WaitAsync(TestObserver.Limit, Patience));
        Assert.Equal(Residence.Swapped, ResidenceOf(kernel, id));
        MemoryUsage usage = kernel.Kernel.MemoryUsage;
        Assert.Equal((0, 0, 1), (usage.BoundMachines, usage.ParkedMachines, usage.SwappedMachines));
        Assert.Equal(0UL, usage.ParkedBytes);
        Assert.Equal(0u, kernel.Gatekeeper.Bytes);

        for (int round = 1; round < 3; round++)
        {
            kernel.Kernel.Wake(id);
            WaitForEntries(kernel, 2 + round);
            TestKernel.WaitFor(() => kernel.Kernel.SwapOutAsync(id).Result, "it is swapped out again");
        }

        kernel.Kernel.Wake(id);
        Assert.Equal(SwapGuests.AllWell, kernel.Observer.WaitForEnd(id).Code);
        Assert.False(await kernel.Kernel.ParkAsync(id));
        Assert.False(await kernel.Kernel.SwapOutAsync(id));
        Assert.Equal(3u, kernel.Kernel.MemoryUsage.SwappedWakes.Count);
    }

    [Fact]
    public void Events_ManyForASwappedMachine_WakeItOnce()
    {
        using var gate = new ManualResetEventSlim();
        using var kernel = new TestKernel(swap: _device);
        ulong id = SwapOut(kernel, 1)[0];
        _device.BeforeRead = _ => gate.Wait(TestObserver.Limit);
        int before = Entries(kernel);
        for (int i = 0; i < 10; i++)
        {
            kernel.Kernel.Interrupt(id, InterruptBits.Terminate);
            kernel.Kernel.Wake(id);
        }

        gate.Set();
        Assert.Equal((uint)InterruptBits.Terminate, kernel.Observer.WaitForEnd(id).Code);
        Assert.Equal(before + 1, Entries(kernel));
        Assert.Equal(1u, kernel.Kernel.MemoryUsage.SwapIns);
    }

    [Fact]
    public void Wake_ManyMoreThanSlots_AllComeBack()
    {
        using var kernel = new TestKernel(workers: 1, slotLimit: 1, swap: _device);
        ulong[] ids = SwapOut(kernel, 100);

        Assert.All(ids, id => kernel.Kernel.Interrupt(id, InterruptBits.Terminate));

        Assert.All(
            ids, id => Assert.Equal((uint)InterruptBits.Terminate, kernel.Observer.WaitForEnd(id).Code));
    }

    [Fact]
    public async Task Wake_OnItsWayOut_StaysAndRuns()
    {
        using var gate = new ManualResetEventSlim();
        using var kernel = new TestKernel(swap: _device);
        ulong[] ids = StartSleepers(kernel, WorkerSwap.LeavingMax);
        _device.BeforeWrite = (_, length) => gate.Wait(TestObserver.Limit) ? length : 0;
        Task<bool>[] swaps = [.. ids.Select(kernel.Kernel.SwapOutAsync)];

        // The last ones find no thread: they have not begun.
        kernel.Kernel.Interrupt(ids[^1], InterruptBits.Terminate);
        TestKernel.WaitFor(() => kernel.Kernel.List(ids[^1]).State == MachineState.Runnable, "it is called off");
        gate.Set();
        Assert.Equal((uint)InterruptBits.Terminate, kernel.Observer.WaitForEnd(ids[^1]).Code);
        Assert.False(await swaps[^1]);

        // One that had begun comes back as well.
        Assert.DoesNotContain(false, await Task.WhenAll(swaps[..4]));
        kernel.Kernel.Interrupt(ids[0], InterruptBits.Terminate);
        Assert.Equal((uint)InterruptBits.Terminate, kernel.Observer.WaitForEnd(ids[0]).Code);
    }

    [Fact]
    public async Task Wake_WhileItIsWritten_RunsOnlyWhenTheFileDoesNotHaveIt()
    {
        using var gate = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        using var kernel = new TestKernel(swap: _device);
        ulong id = StartSleepers(kernel, 1)[0];
        _device.BeforeWrite = (_, length) =>
        {
            begun.Set();
            return gate.Wait(TestObserver.Limit) ? length : 0;
        };
        Task<bool> swap = kernel.Kernel.SwapOutAsync(id);
        TestKernel.WaitFor(begun, "it is being written");
        kernel.Kernel.Interrupt(id, InterruptBits.Terminate);
        gate.Set();

        Assert.Equal((uint)InterruptBits.Terminate, kernel.Observer.WaitForEnd(id).Code);
        Assert.True(await swap);
        Assert.Empty(Scan());
        Assert.Equal(0, kernel.Engine.Slots.Sum(slot => slot.EntryCount) - 3);
    }

    [Fact]
    public void File_AtAnyTime_HoldsWhatHasNotRunSince()
    {
        using var kernel = new TestKernel(swap: _device);
        ulong[] ids = SwapOut(kernel, 3);
        Assert.Equal(ids, Scan());
        kernel.Kernel.Interrupt(ids[1], InterruptBits.Terminate);
        kernel.Observer.WaitForEnd(ids[1]);
        kernel.Kernel.Kill(ids[2]);
        kernel.Observer.WaitForEnd(ids[2]);

        Assert.Equal([ids[0]], Scan());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Write_FullOrFailing_MachinesStayAndAnAlarmIsCounted(bool isFailing)
    {
        using var kernel = new TestKernel(
            swap: _device, parkedLimitBytes: 0, swapBytes: isFailing ? 1 << 20 : 4096u);
        _device.BeforeWrite = (_, length) => isFailing ? 0 : length;
        ulong[] ids = StartSleepers(kernel, 12);
        Assert.All(ids, id => Assert.True(kernel.Kernel.ParkAsync(id).Result));
        TestKernel.WaitFor(() => kernel.Kernel.MemoryUsage.SwapWriteFailures > 0, "a failure is counted");
        Assert.True(kernel.Kernel.MemoryUsage.ParkedMachines >= 10);

        foreach (ulong id in ids)
        {
            kernel.Kernel.Interrupt(id, InterruptBits.Terminate);
            Assert.Equal((uint)InterruptBits.Terminate, kernel.Observer.WaitForEnd(id).Code);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Create_FullOrFailingAndMemoryOverItsLimit_IsRefusedUntilThatIsOver(bool isFailing)
    {
        using var kernel = new TestKernel(
            swap: _device, parkedLimitBytes: 1, swapBytes: isFailing ? 1 << 20 : 4096u);
        bool isMended = false;
        _device.BeforeWrite = (_, length) => isFailing && !Volatile.Read(ref isMended) ? 0 : length;
        ulong[] ids = StartSleepers(kernel, 4);
        Assert.False(kernel.Kernel.MemoryUsage.SwapRefuses);
        Assert.All(ids, id => Assert.True(kernel.Kernel.ParkAsync(id).Result));
        TestKernel.WaitFor(() => kernel.Kernel.MemoryUsage.SwapRefuses, "there is an alarm");

        KernelException e = Assert.Throws<KernelException>(() => kernel.Start(_ => SwapGuests.Sleeper()));
        Assert.Contains("end VMs, mend the disk, or allow the swap file more", e.Message, StringComparison.Ordinal);

        if (isFailing)
        {
            Volatile.Write(ref isMended, true);
        }
        else
        {
            Array.ForEach(ids, kernel.Kernel.Kill);
            kernel.Observer.WaitForEnds(ids);
        }

        TestKernel.WaitFor(() => !kernel.Kernel.MemoryUsage.SwapRefuses, "the alarm is over");
        ulong late = kernel.Start(_ => SwapGuests.Sleeper());
        kernel.Kernel.Kill(late);
        Assert.Equal(ExitCause.Killed, kernel.Observer.WaitForEnd(late).Cause);
    }

    [Fact]
    public async Task Write_EntryIsThereAndCannotBeErased_RunsOnlyWhenTheFileDoesNotHaveIt()
    {
        using var kernel = new TestKernel(swap: _device);
        ulong id = StartSleepers(kernel, 1)[0];
        bool isMended = false;
        bool isEntryThere = false;
        _device.AfterWrite = offset =>
        {
            isEntryThere |= offset == SwapLayout.EntryOffset(0);
            return !isEntryThere || Volatile.Read(ref isMended);
        };
        _device.BeforeWrite = (offset, length) => isEntryThere && !Volatile.Read(ref isMended) ? 0 : length;
        int entries = Entries(kernel);
        Assert.False(await kernel.Kernel.SwapOutAsync(id));
        Assert.Equal([id], Scan());
        Assert.Equal(Residence.Parked, ResidenceOf(kernel, id));

        kernel.Kernel.Interrupt(id, InterruptBits.Terminate);
        TestKernel.WaitFor(() => kernel.Kernel.MemoryUsage.SwapReadFailures > 1, "erasing is tried again");
        Assert.Equal(entries, Entries(kernel));
        Volatile.Write(ref isMended, true);
        Assert.Equal((uint)InterruptBits.Terminate, kernel.Observer.WaitForEnd(id).Code);
        Assert.Empty(Scan());
        Assert.Equal((0, 0UL), (kernel.Kernel.MemoryUsage.SwappedMachines, kernel.Kernel.MemoryUsage.SwapUsedBytes));
    }

    [Fact]
    public async Task Write_HostDiskIsFull_RunsAlthoughNothingCanBeErased()
    {
        using var kernel = new TestKernel(swap: _device);
        ulong id = StartSleepers(kernel, 1)[0];
        _device.BeforeWrite = (offset, length) => offset == SwapLayout.EntryOffset(0) ? 0 : length;
        Assert.False(await kernel.Kernel.SwapOutAsync(id));
        Assert.Empty(Scan());

        kernel.Kernel.Interrupt(id, InterruptBits.Terminate);

        Assert.Equal((uint)InterruptBits.Terminate, kernel.Observer.WaitForEnd(id).Code);
        Assert.Equal(0UL, kernel.Kernel.MemoryUsage.SwapUsedBytes);
    }

    [Fact]
    public async Task Write_EntryOfAnEndedMachineCannotBeErased_TheNextOneOfItsIndexRuns()
    {
        using var kernel = new TestKernel(swap: _device);
        ulong first = SwapOut(kernel, 1)[0];
        _device.BeforeWrite = (_, _) => 0;
        kernel.Kernel.Kill(first);
        Assert.Equal(ExitCause.Killed, kernel.Observer.WaitForEnd(first).Cause);
        ulong second = StartSleepers(kernel, 1)[0];
        Assert.Equal(MachineTable.IndexOf(first), MachineTable.IndexOf(second));
        Assert.False(await kernel.Kernel.SwapOutAsync(second));

        // What is left is the first one's. Of the second there is nothing that it could be taken for.
        Assert.Equal([first], Scan());
        kernel.Kernel.Interrupt(second, InterruptBits.Terminate);
        Assert.Equal((uint)InterruptBits.Terminate, kernel.Observer.WaitForEnd(second).Code);
    }

    [Fact]
    public void Read_CannotBeErased_RunsOnlyWhenTheFileDoesNotHaveIt()
    {
        using var kernel = new TestKernel(swap: _device);
        ulong[] ids = SwapOut(kernel, 2);
        bool isMended = false;
        _device.BeforeWrite = (_, length) => Volatile.Read(ref isMended) ? length : 0;
        int entries = Entries(kernel);
        Array.ForEach(ids, id => kernel.Kernel.Interrupt(id, InterruptBits.Terminate));
        TestKernel.WaitFor(() => kernel.Kernel.MemoryUsage.SwapReadFailures > 4, "erasing is tried again");
        Assert.Equal(entries, Entries(kernel));
        Assert.Equal(ids, Scan());

        kernel.Kernel.Kill(ids[0]);
        Assert.Equal(ExitCause.Killed, kernel.Observer.WaitForEnd(ids[0]).Cause);
        Volatile.Write(ref isMended, true);
        Assert.Equal((uint)InterruptBits.Terminate, kernel.Observer.WaitForEnd(ids[1]).Code);
        TestKernel.WaitFor(() => kernel.Kernel.MemoryUsage.SwapUsedBytes == 0, "all blocks are free");
        Assert.Empty(Scan());
    }

    [Fact]
    public void Read_Damaged_EndsThatMachineAlone()
    {
        using var kernel = new TestKernel(swap: _device);
        ulong[] ids = SwapOut(kernel, 2);
        _device.Flip(SwapLayout.OffsetOf(0) + 1000);
        _device.Flip(SwapLayout.OffsetOf(0) + 200);
        Array.ForEach(ids, id => kernel.Kernel.Interrupt(id, InterruptBits.Terminate));

        Assert.Equal(ExitCause.SwapLost, kernel.Observer.WaitForEnd(ids[0]).Cause);
        Assert.Equal(ExitCause.Terminated, kernel.Observer.WaitForEnd(ids[1]).Cause);
        Assert.Equal(1u, kernel.Kernel.MemoryUsage.SwapLost);
    }

    [Fact]
    public void Read_FileCutOff_EndsThatMachineAlone()
    {
        using var kernel = new TestKernel(swap: _device);
        ulong[] ids = SwapOut(kernel, 2);
        _device.Truncate(_device.Length - 1);
        Array.ForEach(ids, id => kernel.Kernel.Interrupt(id, InterruptBits.Terminate));

        Assert.Equal(ExitCause.Terminated, kernel.Observer.WaitForEnd(ids[0]).Cause);
        Assert.Equal(ExitCause.SwapLost, kernel.Observer.WaitForEnd(ids[1]).Cause);
        Assert.Equal((1UL, 0UL), (kernel.Kernel.MemoryUsage.SwapLost, kernel.Kernel.MemoryUsage.SwapUsedBytes));
    }

    [Fact]
    public void Read_DeviceRefusesForLong_NothingIsLostAndAllComeBack()
    {
        // More tries than any count of them would allow, of more VMs than are read at a time.
        const int Tries = 100;
        using var kernel = new TestKernel(swap: _device);
        ulong[] ids = SwapOut(kernel, WorkerSwap.ReturningMax + 8);
        bool isMended = false;
        int refused = 0;
        _device.BeforeRead = _ =>
        {
            if (!Volatile.Read(ref isMended))
            {
                Interlocked.Increment(ref refused);
                throw new IOException("the device does not answer");
            }
        };
        Array.ForEach(ids, id => kernel.Kernel.Interrupt(id, InterruptBits.Terminate));
        TestKernel.WaitFor(() => Volatile.Read(ref refused) > Tries, "it was refused often");
        Assert.Empty(kernel.Observer.Ended);
        Assert.Equal(ids.Length, kernel.Kernel.MemoryUsage.SwapUnreadable);

        // One that is not wanted any more is none that cannot be had.
        kernel.Kernel.Kill(ids[0]);
        Assert.Equal(ExitCause.Killed, kernel.Observer.WaitForEnd(ids[0]).Cause);
        Assert.Equal(ids.Length - 1, kernel.Kernel.MemoryUsage.SwapUnreadable);
        Volatile.Write(ref isMended, true);
        Assert.All(ids[1..], id => Assert.Equal(
            (ExitCause.Terminated, (uint)InterruptBits.Terminate), CauseOf(kernel.Observer.WaitForEnd(id))));
        Assert.Equal((0, 0UL), (kernel.Kernel.MemoryUsage.SwapUnreadable, kernel.Kernel.MemoryUsage.SwapLost));
    }

    [Fact]
    public void Read_OneMachineCannotBeRead_OthersAreNotHeldUp()
    {
        using var kernel = new TestKernel(swap: _device);
        ulong[] ids = SwapOut(kernel, 6);
        bool isMended = false;
        _device.BeforeRead = offset =>
        {
            if (offset == SwapLayout.OffsetOf(0) && !Volatile.Read(ref isMended))
            {
                throw new IOException("a bad sector");
            }
        };
        Array.ForEach(ids, id => kernel.Kernel.Interrupt(id, InterruptBits.Terminate));
        Assert.All(ids[1..], id => Assert.Equal(ExitCause.Terminated, kernel.Observer.WaitForEnd(id).Cause));
        TestKernel.WaitFor(() => kernel.Kernel.MemoryUsage.SwapUnreadable == 1, "one is tried again and again");
        Assert.Equal([ids[0]], Scan());

        Volatile.Write(ref isMended, true);
        Assert.Equal(ExitCause.Terminated, kernel.Observer.WaitForEnd(ids[0]).Cause);
    }

    [Fact]
    public void Kill_WhileItIsReadOrWritten_EndsItOnce()
    {
        using var gate = new ManualResetEventSlim();
        using var begun = new CountdownEvent(2);
        using var kernel = new TestKernel(swap: _device);
        ulong reading = SwapOut(kernel, 1)[0];
        ulong writing = StartSleepers(kernel, 1)[0];
        bool isFirstRead = true;
        bool isFirstWrite = true;
        _device.BeforeRead = _ => Hold(ref isFirstRead);
        _device.BeforeWrite = (_, length) =>
        {
            Hold(ref isFirstWrite);
            return length;
        };
        _ = kernel.Kernel.SwapOutAsync(writing);
        kernel.Kernel.Wake(reading);
        Assert.True(begun.Wait(TestObserver.Limit, Patience));
        kernel.Kernel.Kill(reading);
        kernel.Kernel.Kill(writing);
        gate.Set();

        Assert.Equal(ExitCause.Killed, kernel.Observer.WaitForEnd(reading).Cause);
        Assert.Equal(ExitCause.Killed, kernel.Observer.WaitForEnd(writing).Cause);
        Assert.Empty(Scan());

        void Hold(ref bool isFirst)
        {
            if (isFirst)
            {
                isFirst = false;
                begun.Signal();
                gate.Wait(TestObserver.Limit);
            }
        }
    }

    [Fact]
    public void Kernel_DisposedWithMachinesInTheFile_LeavesNoneBehind()
    {
        using (var kernel = new TestKernel(swap: _device))
        {
            SwapOut(kernel, 5);
            Assert.Equal(5, Scan().Length);
        }

        Assert.Empty(Scan());
    }

    private static (ExitCause Cause, uint Code) CauseOf(MachineExit exit) => (exit.Cause, exit.Code);

    private static int Entries(TestKernel kernel) => kernel.Engine.Slots.Sum(slot => slot.EntryCount);

    private static void WaitForEntries(TestKernel kernel, int count) =>
        TestKernel.WaitFor(() => Entries(kernel) >= count, $"{count} entries");

    private static Residence ResidenceOf(TestKernel kernel, ulong id) => kernel.Kernel.List(id).Residence;

    /// <summary>Starts VMs, and waits until they idle.</summary>
    private static ulong[] StartSleepers(TestKernel kernel, int count)
    {
        ulong[] ids = [.. Enumerable.Range(0, count).Select(_ => kernel.Start(_ => SwapGuests.Sleeper()))];
        TestKernel.WaitFor(
            () => ids.All(id => kernel.Kernel.List(id).State == MachineState.Idle), $"{count} VMs idle");
        return ids;
    }

    /// <summary>Starts VMs, and sends them to the file one after the other.</summary>
    private static ulong[] SwapOut(TestKernel kernel, int count)
    {
        ulong[] ids = StartSleepers(kernel, count);
        Assert.All(ids, id => Assert.True(kernel.Kernel.SwapOutAsync(id).Result));
        return ids;
    }

    /// <summary>What a kernel would find that starts now.</summary>
    private ulong[] Scan() =>
        [.. new SwapFile(_device.Copy(), 64 << 20, HostBoot.Id()).Saved.Select(saved => saved.Id)];
}
