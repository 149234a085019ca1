// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Denali.Hardware;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>Memory is charged when it is touched, limited for each VM, and comes back when the VM ends.</summary>
public sealed class MemoryTests
{
    private const ulong Mebi = 1 << 20;

    [Fact]
    public void Charge_HelloGuest_IsSmall()
    {
        using var host = new GuestHost();

        MachineExit exit = host.Run("hello").AssertTerminated(0);

        // Its own data, the page of registers and that of arguments at once; stack and heap a chunk at a time.
        ulong data = (ulong)host.Load("hello").Image.Segments
            .Where(segment => segment.IsWritable).Sum(segment => (long)(segment.PageEnd - segment.PageBase));
        ulong once = data + (2 * AddressMap.PageBytes);
        Assert.InRange(exit.ChargedBytes, once + AddressMap.PageBytes, once + (3 * AddressMap.ChunkBytes));
    }

    [Fact]
    public void Charge_HeapTouched_GrowsByWhatWasTouched()
    {
        const ulong Touched = 4 * Mebi;
        using var host = new GuestHost();

        ulong without = host.Run("probe", "touch", "0").AssertTerminated(0).ChargedBytes;
        ulong with = host.Run("probe", "touch", $"{Touched}").AssertTerminated(0).ChargedBytes;

        Assert.Equal(Touched, with - without);
    }

    [Fact]
    public void Limit_TouchedBeyond_EndsOutOfMemoryAndLeavesOthersAlone()
    {
        const ulong Limit = 2 * Mebi;
        using var host = new GuestHost();
        LoadedImage probe = host.Load("probe");
        GuestMachine neighbour = host.Start(probe, Limit, int.MaxValue, "wait");
        neighbour.WaitForOutput("waiting");

        GuestMachine greedy = host.Start(probe, Limit, int.MaxValue, "touch", $"{4 * Mebi}");
        MachineExit exit = greedy.WaitForEnd();

        Assert.Equal(ExitCause.OutOfMemory, exit.Cause);
        Assert.InRange(exit.ChargedBytes, Limit - AddressMap.ChunkBytes, Limit);
        host.Start(probe, Limit, int.MaxValue, "touch", $"{Mebi}").AssertTerminated(0);
        host.Kernel.RequestTermination(neighbour.Id);
        neighbour.AssertTerminated(130);
    }

    [Fact]
    public void Limit_AllocatedBeyond_EndsOutOfMemory()
    {
        using var host = new GuestHost();

        MachineExit exit =
            host.Start(host.Load("probe"), 2 * Mebi, int.MaxValue, "allocate", $"{8 * Mebi}").WaitForEnd();

        Assert.Equal(ExitCause.OutOfMemory, exit.Cause);
        host.AssertStillWorks();
    }

    [Fact]
    public void Memory_AllocatedBeyond_EndsOutOfMemoryByTheGuestsOwnWord()
    {
        using var host = new GuestHost();

        MachineExit exit = host.Run("probe", "allocate", $"{64 * Mebi}").WaitForEnd();

        Assert.Equal(ExitCause.OutOfMemory, exit.Cause);
        Assert.Equal((ulong)FaultCode.OutOfMemory, exit.Fault!.ErrorCode);
        host.AssertStillWorks();
    }

    [Fact]
    public void Limit_BelowTheImageItself_IsRefused()
    {
        using var host = new GuestHost();

        Assert.Throws<KernelException>(() => host.Start(host.Load("hello"), 4096, int.MaxValue));

        Assert.Equal(0, host.Kernel.MachineCount);
        host.AssertStillWorks();
    }

    [Fact]
    public void Gatekeeper_FewSlotsAndLittleMemory_RefusesAndRecovers()
    {
        const int Slots = 3;
        const ulong Most = 8 * Mebi;
        using var host = new GuestHost(machineLimit: Slots, memoryLimitBytes: Most);
        var machines = new GuestMachine[Slots];
        for (int i = 0; i < Slots; i++)
        {
            machines[i] = host.Start("probe", "wait");
            machines[i].WaitForOutput("waiting");
        }

        KernelException refusal = Assert.Throws<KernelException>(() => host.Start("hello"));
        Assert.Contains("3 VMs", refusal.Message, StringComparison.Ordinal);
        Array.ForEach(machines, machine => machine.Kill());

        // All of it again, and more than all of it: what was charged came back.
        for (int i = 0; i < 2 * Slots; i++)
        {
            host.Run("probe", "touch", $"{6 * Mebi}").AssertTerminated(0);
        }

        MachineExit exit = host.Run("probe", "touch", $"{10 * Mebi}").WaitForEnd();
        Assert.Equal(ExitCause.OutOfMemory, exit.Cause);
        host.Run("probe", "touch", $"{6 * Mebi}").AssertTerminated(0);
    }

    [Fact]
    public void Machines_CreatedAndEndedOverAndOver_LeaveNothingBehind()
    {
        const int Warm = 20;
        const int Rounds = 200;
        using var host = new GuestHost();
        long residentBefore = 0;
        int filesBefore = 0;
        int regionsBefore = 0;

        for (int round = 0; round < Warm + Rounds; round++)
        {
            if (round == Warm)
            {
                GC.Collect();
                (residentBefore, filesBefore, regionsBefore) =
                    (ProcessStatus.ResidentBytes, ProcessStatus.OpenFiles, ProcessStatus.Regions);
            }

            host.Run("probe", "touch", $"{Mebi}").AssertTerminated(0);
            Assert.Equal(0, host.Kernel.MachineCount);
        }

        GC.Collect();
        long grown = ProcessStatus.ResidentBytes - residentBefore;

        // Two hundred times what each of them had touched would be 200 MiB.
        Assert.InRange(grown, long.MinValue, 10 * (long)Mebi);

        // The runtime opens some of its own; one in ten rounds would be twenty.
        Assert.InRange(ProcessStatus.OpenFiles, 0, filesBefore + 19);
        Assert.InRange(ProcessStatus.Regions, 0, regionsBefore + 50);
    }

    [Fact]
    public void Slot_ReusedByAnotherGuest_ShowsNothingOfTheFirst()
    {
        using var host = new GuestHost(workerCount: 1);
        GuestMachine first = host.Run("probe", "touch", $"{Mebi}");
        first.AssertTerminated(0);

        GuestMachine second = host.Run("probe", "search", $"{Mebi}");

        second.AssertTerminated(0);
    }
}
