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
        var lab = new WatchLab();
        using (lab.Start())
        {
            lab.Look(new MemoryUsage { SwapUnreadable = 1 }, (KernelAlarmKind.Unreadable, true));

            // More of the same is no news.
            lab.Look(new MemoryUsage { SwapUnreadable = 2 });
            var memory = new MemoryUsage { SwapRefuses = true };
            lab.Look(memory, (KernelAlarmKind.SwapRefuses, true));
            lab.Look(memory with { ParkedBytes = 1 }, (KernelAlarmKind.NoneLetIn, true));
            lab.LookOften(KernelAlarmWatch.AwayLooks - 3, memory with { ParkedBytes = 1 });
            lab.Look(memory with { ParkedBytes = 1 }, (KernelAlarmKind.Unreadable, false));
            lab.LookOften(KernelAlarmWatch.AwayLooks - 1, default);
            lab.Look(default, (KernelAlarmKind.SwapRefuses, false), (KernelAlarmKind.NoneLetIn, false));
            lab.Look(new MemoryUsage { SwapUnreadable = 1 }, (KernelAlarmKind.Unreadable, true));
        }

        Assert.Empty(lab.Time.Waiting);
    }

    [Fact]
    public void Watch_CauseThatIsAwayNowAndThen_IsNoNews()
    {
        var lab = new WatchLab();
        using KernelAlarmWatch watch = lab.Start();
        var full = new MemoryUsage { SwapRefuses = true };
        lab.Look(full, (KernelAlarmKind.SwapRefuses, true));
        for (int i = 0; i < 3; i++)
        {
            lab.LookOften(KernelAlarmWatch.AwayLooks - 1, default);
            lab.Look(full);
        }
    }

    [Fact]
    public void Watch_MoreVmsThatAreLost_AreToldAgain()
    {
        var lab = new WatchLab();
        using KernelAlarmWatch watch = lab.Start();
        lab.Look(new MemoryUsage { SwapLost = 1 }, (KernelAlarmKind.Lost, true));
        lab.Look(new MemoryUsage { SwapLost = 1 });
        lab.Look(new MemoryUsage { SwapLost = 3 }, (KernelAlarmKind.Lost, true));
        lab.Look(new MemoryUsage { SwapLost = 3 });
    }

    private static IEnumerable<KernelAlarmKind> Kinds(MemoryUsage memory) =>
        KernelMachineControl.AlarmsOf(memory).Select(alarm => alarm.Kind);

    /// <summary>A watch, and what it tells at each look.</summary>
    private sealed class WatchLab
    {
        private readonly List<(KernelAlarmKind Kind, bool IsOn)> _told = [];
        private MemoryUsage _memory;

        internal FakeTime Time { get; } = new();

        internal KernelAlarmWatch Start() => new(
            () => KernelMachineControl.AlarmsOf(_memory), (alarm, isOn) => _told.Add((alarm.Kind, isOn)), Time);

        internal void Look(MemoryUsage memory, params (KernelAlarmKind, bool)[] expected)
        {
            _told.Clear();
            _memory = memory;
            Time.Advance(KernelAlarmWatch.Interval);
            Assert.Equal(expected, _told);
        }

        /// <summary>Looks so often, and nothing is told.</summary>
        internal void LookOften(int count, MemoryUsage memory)
        {
            for (int i = 0; i < count; i++)
            {
                Look(memory);
            }
        }
    }
}
