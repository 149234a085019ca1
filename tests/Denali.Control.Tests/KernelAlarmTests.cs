// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Linq;
using Denali.Control.Sites;
using Denali.Kernel;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>Alarms tell what is wrong now, and go away with it.</summary>
public sealed class KernelAlarmTests
{
    [Fact]
    public void Alarms_WorkingDevice_NoneWhateverWasBefore() =>
        Assert.Empty(KernelMachineControl.AlarmsOf(new MemoryUsage { SwapWriteFailures = 7, SwapReadFailures = 9 }));

    [Fact]
    public void Alarms_FileThatRefuses_TellWhetherNewOnesAreLetIn()
    {
        var memory = new MemoryUsage { SwapRefuses = true, ParkedBytes = 10, ParkedLimitBytes = 10 };
        Assert.Equal([KernelAlarmKind.SwapRefuses], Kinds(memory));
        Assert.Equal(
            [KernelAlarmKind.SwapRefuses, KernelAlarmKind.NoneLetIn], Kinds(memory with { ParkedBytes = 11 }));
        Assert.Empty(Kinds(memory with { SwapRefuses = false, ParkedBytes = 11 }));
    }

    [Fact]
    public void Alarms_MachinesThatCannotBeRead_AreCounted() =>
        Assert.Equal(
            [
                "3 VMs cannot be read from the swap file and wait: look at its disk",
                "1 VMs have ended because what the swap file had of them was damaged",
            ],
            KernelMachineControl.AlarmsOf(new MemoryUsage { SwapUnreadable = 3, SwapLost = 1 })
                .Select(alarm => alarm.Text));

    [Fact]
    public void Watch_TellsOfEachWhenItGoesOnAndOff()
    {
        var time = new FakeTime();
        var memory = new MemoryUsage { SwapUnreadable = 1 };
        var told = new List<(KernelAlarmKind Kind, bool IsOn)>();
        using (var watch = new KernelAlarmWatch(
            () => KernelMachineControl.AlarmsOf(memory), (alarm, isOn) => told.Add((alarm.Kind, isOn)), time))
        {
            Look([(KernelAlarmKind.Unreadable, true)]);

            // More of the same is no news.
            memory = memory with { SwapUnreadable = 2 };
            Look([]);
            memory = new MemoryUsage { SwapRefuses = true };
            Look([(KernelAlarmKind.Unreadable, false), (KernelAlarmKind.SwapRefuses, true)]);
            memory = memory with { ParkedBytes = 1 };
            Look([(KernelAlarmKind.NoneLetIn, true)]);
            memory = default;
            Look([(KernelAlarmKind.SwapRefuses, false), (KernelAlarmKind.NoneLetIn, false)]);
            memory = new MemoryUsage { SwapUnreadable = 1 };
            Look([(KernelAlarmKind.Unreadable, true)]);
        }

        Assert.Empty(time.Waiting);

        void Look((KernelAlarmKind, bool)[] expected)
        {
            told.Clear();
            time.Advance(KernelAlarmWatch.Interval);
            Assert.Equal(expected, told);
        }
    }

    private static IEnumerable<KernelAlarmKind> Kinds(MemoryUsage memory) =>
        KernelMachineControl.AlarmsOf(memory).Select(alarm => alarm.Kind);
}
