// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Denali.Engine;
using Denali.Kernel.Machines;
using Denali.Kernel.Tests.Fakes;
using Denali.Kernel.Tests.Swap;
using Denali.Linux;
using Xunit;

namespace Denali.Kernel.Tests.Memory;

/// <summary>VMs that sleep cost nothing until their time comes.</summary>
public sealed class SleepTests
{
    private const ulong SecondNs = 1_000_000_000;

    [Fact]
    public void Deadlines_OfParkedMachines_DoNotWakeTheirWorkerBeforeTheyAreDue()
    {
        const int Machines = 300;
        using var kernel = new TestKernel(slotLimit: 4);
        int thread = 0;
        ulong nowNs = kernel.NowNs;
        ulong[] ids = [.. Enumerable.Range(0, Machines).Select(
            i => kernel.Start(_ => Sleeper(nowNs + (600 * SecondNs) + ((ulong)i * SecondNs))))];
        Assert.All(ids, id => TestKernel.WaitFor(
            () => kernel.Kernel.List(id).State == MachineState.Idle && kernel.Kernel.ParkAsync(id).Result,
            "it is parked"));
        int entries = kernel.Engine.Slots.Sum(slot => slot.EntryCount);
        ulong dueNs = kernel.NowNs + SecondNs;
        ulong early = kernel.Start(_ => Sleeper(dueNs));
        TestKernel.WaitFor(
            () => kernel.Kernel.List(early) is { State: MachineState.Idle } or { Id: 0 }, "it idles, or is over");

        int before = SleepsOf(thread);
        kernel.Observer.WaitForEnd(early);
        int sleeps = SleepsOf(thread) - before;

        // A worker that looked every millisecond would have slept hundreds of times. This one deals a deadline out to a
        // finer level now and then, and somebody has looked at its VM.
        Assert.InRange(sleeps, 0, 50);
        Assert.Equal(entries + 2, kernel.Engine.Slots.Sum(slot => slot.EntryCount));

        IEnumerable<EngineExit> Sleeper(ulong deadlineNs)
        {
            thread = ThreadSignal.CurrentThreadId();
            yield return FakeSlot.Here.Idle(deadlineNs);
            yield return FakeSlot.Here.Terminate(0);
        }
    }

    /// <summary>How often a thread of this process has gone to sleep.</summary>
    private static int SleepsOf(int thread)
    {
        const string Name = "voluntary_ctxt_switches:";
        string line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}/status"))
            .Single(line => line.StartsWith(Name, StringComparison.Ordinal));
        return int.Parse(line.AsSpan(Name.Length), CultureInfo.InvariantCulture);
    }
}
