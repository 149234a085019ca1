// SPDX-License-Identifier: MIT
using Denali.Control.Sites;
using Denali.Kernel;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>Alarms tell what is wrong now, and go away with it.</summary>
public sealed class KernelAlarmTests
{
    [Fact]
    public void Alarms_WorkingDevice_NoneWhateverWasBefore() =>
        Assert.Empty(KernelMachineControl.Alarms(new MemoryUsage { SwapWriteFailures = 7, SwapReadFailures = 9 }));

    [Fact]
    public void Alarms_FileThatRefuses_TellWhetherNewOnesAreLetIn()
    {
        var memory = new MemoryUsage { SwapRefuses = true, ParkedBytes = 10, ParkedLimitBytes = 10 };
        Assert.Equal(
            ["the swap file is full, or its disk refuses: VMs stay in memory"], KernelMachineControl.Alarms(memory));
        Assert.Equal(
            ["the swap file is full, or its disk refuses: VMs stay in memory, and no new ones are let in"],
            KernelMachineControl.Alarms(memory with { ParkedBytes = 11 }));
    }

    [Fact]
    public void Alarms_MachinesThatCannotBeRead_AreCounted() =>
        Assert.Equal(
            [
                "3 VMs cannot be read from the swap file and wait: look at its disk",
                "1 VMs have ended because what the swap file had of them was damaged",
            ],
            KernelMachineControl.Alarms(new MemoryUsage { SwapUnreadable = 3, SwapLost = 1 }));
}
