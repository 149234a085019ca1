// SPDX-License-Identifier: MIT
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;
using Denali.Kernel.Memory;
using Denali.Kernel.Network;
using Denali.Kernel.Swap;
using Denali.Linux;

namespace Denali.Kernel.Scheduling;

/// <summary>What the workers of a kernel share.</summary>
internal sealed class WorkerContext
{
    internal required MachineTable Table { get; init; }

    internal required SlotPool Slots { get; init; }

    internal required HostClock Clock { get; init; }

    internal required IGatekeeper Gatekeeper { get; init; }

    /// <summary>Charges VMs for memory that they take.</summary>
    internal required MemoryAccount Account { get; init; }

    internal required Janitor Janitor { get; init; }

    internal required VirtualSwitch Switch { get; init; }

    internal required InterruptDelivery InterruptDelivery { get; init; }

    internal required BlockStore Parked { get; init; }

    internal required ImageTable Images { get; init; }

    internal required MachineStart Start { get; init; }

    internal required JobThreads<DiskJob> Disks { get; init; }

    /// <summary>The swap file; null for none.</summary>
    internal required SwapSpace? Swap { get; init; }

    /// <summary>All workers, by index. Set once, before the first is started.</summary>
    internal Worker[] Workers { get; set; } = [];
}
