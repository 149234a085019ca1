// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Engine;
using Denali.Kernel.Machines;
using Denali.Kernel.Memory;
using Denali.Kernel.Tests.Fakes;
using Denali.Kernel.Tests.Swap;
using Xunit;

namespace Denali.Kernel.Tests.Memory;

/// <summary>A sweep over all VMs of a kernel does not push out the popular ones.</summary>
public sealed class ScanTests : IDisposable
{
    private readonly FaultySwapDevice _device = new();

    public void Dispose() => _device.Dispose();

    [Fact]
    public void Sweep_OverManyMachines_LeavesThePopularOnesInMemory()
    {
        const int Popular = 4;
        const int Swept = 64;
        using var kernel = new TestKernel(slotLimit: 2 * Popular, swap: _device, parkedLimitBytes: 2000);
        ulong[] ids = [.. Enumerable.Range(0, Popular + Swept).Select(_ => kernel.Start(_ => Visited()))];
        TestKernel.WaitFor(() => ids.All(id => kernel.Kernel.List(id).State == MachineState.Idle), "all idle");
        ulong[] popular = ids[..Popular];
        VisitLater(kernel, popular);
        VisitLater(kernel, popular);

        for (int i = Popular; i < ids.Length; i += Popular)
        {
            Visit(kernel, ids[i..(i + Popular)]);
            VisitLater(kernel, popular);
        }

        Assert.All(popular, id => Assert.NotEqual(Residence.Swapped, kernel.Kernel.List(id).Residence));
        MemoryUsage usage = kernel.Kernel.MemoryUsage;
        Assert.True(usage.SwappedMachines > Swept / 2, $"{usage}");
    }

    /// <summary>Wakes VMs, so much later that it counts as another visit.</summary>
    private static void VisitLater(TestKernel kernel, ulong[] ids)
    {
        ulong laterNs = kernel.NowNs + SlotClock.VisitNs + 1_000_000;
        TestKernel.WaitFor(() => kernel.NowNs >= laterNs, "time goes by");
        Visit(kernel, ids);
    }

    private static void Visit(TestKernel kernel, ulong[] ids)
    {
        foreach (ulong id in ids)
        {
            ulong before = kernel.Kernel.List(id).ExitCount;
            kernel.Kernel.Wake(id);
            TestKernel.WaitFor(
                () => kernel.Kernel.List(id) is { State: MachineState.Idle } now && now.ExitCount > before,
                "it has run");
        }
    }

    private static IEnumerable<EngineExit> Visited()
    {
        ulong visits = 0;
        yield return FakeSlot.Touch(0x6_0000);
        while (true)
        {
            Assert.True(FakeSlot.Here.Memory.TryWrite(0x6_0000, BitConverter.GetBytes(++visits)));
            yield return FakeSlot.Here.Idle();
            FakeSlot.Here.Take();
        }
    }
}
