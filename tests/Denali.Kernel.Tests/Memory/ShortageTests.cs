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

    // Each of two workers tries again after 20 ms, and asks the other: less than a tenth of this.
    private const int TriesMax = 400;

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
        Pass(kernel, LookNs);
        int tries = kernel.Gatekeeper.Refusals - before;

        kernel.Gatekeeper.Uncharge(rest);
        kernel.Observer.WaitForEnds(ids);
        Assert.InRange(tries, 0, TriesMax);
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
        Pass(kernel, LookNs);
        int tries = Volatile.Read(ref refused) - before;

        Volatile.Write(ref isMended, true);
        kernel.Observer.WaitForEnds(ids);
        Assert.InRange(tries, 0, TriesMax);
    }

    private static void Pass(TestKernel kernel, ulong durationNs)
    {
        ulong end = kernel.NowNs + durationNs;
        TestKernel.WaitFor(() => kernel.NowNs > end, "time passes");
    }

    /// <summary>Starts a VM for each of two workers, and parks it.</summary>
    private static ulong[] StartParked(TestKernel kernel)
    {
        ulong[] ids = [.. Enumerable.Range(0, 2).Select(_ => kernel.Start(_ => Sleeper()))];
        Assert.All(ids, id => TestKernel.WaitFor(
            () => kernel.Kernel.List(id).State == MachineState.Idle && kernel.Kernel.ParkAsync(id).Result,
            "it is parked"));
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
