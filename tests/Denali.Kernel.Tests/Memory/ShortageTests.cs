// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Tests.Fakes;
using Denali.Kernel.Tests.Swap;
using Xunit;

namespace Denali.Kernel.Tests.Memory;

/// <summary>VMs that wait for a slot, or for memory to use it, cost the workers next to nothing.</summary>
public sealed class ShortageTests
{
    private const ulong LookNs = 200_000_000;

    // Each of two workers tries again after 20 ms, and asks the other: 200 a second. Without end there were thousands.
    private const double TriesPerSecondMax = 2_000;

    [Fact]
    public void Wake_MemoryIsShort_WorkersDoNotWakeEachOther()
    {
        using var kernel = new TestKernel(workers: 2, gatekeeper: new CountingGatekeeper { MemoryLimit = 1 << 30 });
        ulong[] ids = StartParked(kernel);
        ulong rest = kernel.Gatekeeper.MemoryLimit - kernel.Gatekeeper.Bytes;
        Assert.True(kernel.Gatekeeper.TryCharge(rest));

        Array.ForEach(ids, id => kernel.Kernel.Interrupt(id, InterruptBits.Terminate));
        TestKernel.WaitFor(() => kernel.Gatekeeper.Refusals > 1, "both wait for memory");
        int before = kernel.Gatekeeper.Refusals;
        double seconds = Pass(kernel, LookNs);
        int tries = kernel.Gatekeeper.Refusals - before;

        kernel.Gatekeeper.Uncharge(rest);
        kernel.Observer.WaitForEnds(ids);
        Assert.InRange(tries / seconds, 0, TriesPerSecondMax);
    }

    [Fact]
    public void Wake_HostCannotBind_WorkersDoNotWakeEachOther()
    {
        using var kernel = new TestKernel(workers: 2);
        ulong[] ids = StartParked(kernel);
        int refused = 0;
        bool isMended = false;
        kernel.Engine.AfterBind = () =>
        {
            if (!Volatile.Read(ref isMended))
            {
                Interlocked.Increment(ref refused);
                throw new EngineException("no memory");
            }
        };
        Array.ForEach(ids, id => kernel.Kernel.Interrupt(id, InterruptBits.Terminate));
        TestKernel.WaitFor(() => Volatile.Read(ref refused) > 1, "both wait");
        int before = Volatile.Read(ref refused);
        double seconds = Pass(kernel, LookNs);
        int tries = Volatile.Read(ref refused) - before;

        Volatile.Write(ref isMended, true);
        kernel.Observer.WaitForEnds(ids);
        Assert.InRange(tries / seconds, 0, TriesPerSecondMax);
    }

    [Fact]
    public void SlotComesBack_WhileAMachineComputes_IsHadBeforeItsQuantumEnds()
    {
        // A quantum may end at the same moment, but not each time.
        const int Rounds = 10;
        int early = Enumerable.Range(0, Rounds).Count(_ => EntriesUntilASlotIsHad() == 0);
        Assert.InRange(early, Rounds / 2, Rounds);
    }

    /// <summary>How often a VM is entered that computes, from when the slot of another comes back until a third one has
    /// it that waits.</summary>
    private static int EntriesUntilASlotIsHad()
    {
        using var kernel = new TestKernel(slotLimit: 2);
        using var asked = new ManualResetEventSlim();
        FakeSlot? computing = null;
        int entries = 0;
        ulong waiting = kernel.Start(_ => Waiting());
        Park(kernel, waiting);
        ulong idle = kernel.Start(_ => SwapGuests.Sleeper());
        TestKernel.WaitFor(() => kernel.Kernel.List(idle).State == MachineState.Idle, "one idles");
        ulong busy = kernel.Start(_ => Busy());
        TestKernel.WaitFor(() => Volatile.Read(ref computing) is not null, "one computes");

        // Nobody can be parked, until one is killed.
        kernel.Engine.BeforeFindPages = () =>
        {
            asked.Set();
            throw new EngineException("not now");
        };
        kernel.Kernel.Interrupt(waiting, InterruptBits.Terminate);
        TestKernel.WaitFor(asked, "one waits");
        kernel.Engine.AfterUnbind = () =>
        {
            int before = computing!.EntryCount;
            SpinWait.SpinUntil(() => computing.EntryCount > before, TestObserver.Limit);
            entries = -computing.EntryCount;
        };
        kernel.Kernel.Kill(idle);
        kernel.Observer.WaitForEnd(waiting);
        kernel.Kernel.Kill(busy);
        kernel.Observer.WaitForEnd(busy);
        return entries;

        IEnumerable<EngineExit> Waiting()
        {
            yield return FakeSlot.Touch(0x6_0000);
            yield return FakeSlot.Here.Idle();
            entries += computing!.EntryCount;
            kernel.Engine.AfterUnbind = () => { };
            yield return FakeSlot.Here.Terminate(0);
        }

        IEnumerable<EngineExit> Busy()
        {
            Volatile.Write(ref computing, FakeSlot.Here);
            while (true)
            {
                yield return FakeSlot.Spin();
            }
        }
    }

    private static void Park(TestKernel kernel, ulong id) => TestKernel.WaitFor(
        () => kernel.Kernel.List(id).State == MachineState.Idle && kernel.Kernel.ParkAsync(id).Result, "it is parked");

    private static double Pass(TestKernel kernel, ulong durationNs)
    {
        ulong begin = kernel.NowNs;
        TestKernel.WaitFor(() => kernel.NowNs > begin + durationNs, "time passes");
        return (kernel.NowNs - begin) / 1e9;
    }

    /// <summary>Starts a VM for each of two workers, and parks it.</summary>
    private static ulong[] StartParked(TestKernel kernel)
    {
        ulong[] ids = [.. Enumerable.Range(0, 2).Select(_ => kernel.Start(_ => Sleeper()))];
        Array.ForEach(ids, id => Park(kernel, id));
        return ids;

        static IEnumerable<EngineExit> Sleeper()
        {
            // So that it takes more memory when it runs than while it is parked.
            yield return FakeSlot.Touch(0x6_0000);
            yield return FakeSlot.Here.Idle();
            yield return FakeSlot.Here.Terminate((ulong)FakeSlot.Here.Take());
        }
    }
}
