// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Denali.Control.Api;

/// <summary>How a kernel is at a moment. What counts up does so since its start: two samples give a rate.</summary>
public sealed record KernelSample
{
    /// <summary>The kernel's process.</summary>
    public int Process { get; init; }

    /// <summary>How long it has run, in seconds.</summary>
    public double UptimeSeconds { get; init; }

    /// <summary>Sites that start, serve, and have failed.</summary>
    public SiteCounts Sites { get; init; } = new(0, 0, 0);

    /// <summary>VMs in a slot, parked in RAM, and in the swap file.</summary>
    public ResidenceCounts Machines { get; init; } = new(0, 0, 0);

    /// <summary>What is kept of the parked ones, in bytes.</summary>
    public ulong ParkedBytes { get; init; }

    /// <summary>Above this they are swapped out, in bytes; 0 for never.</summary>
    public ulong ParkedLimitBytes { get; init; }

    /// <summary>Execution slots that exist.</summary>
    public int Slots { get; init; }

    /// <summary>Most of them.</summary>
    public int SlotLimit { get; init; }

    /// <summary>What the VMs in slots are charged for, in bytes.</summary>
    public ulong BoundBytes { get; init; }

    /// <summary>How often a VM that idled was woken, wherever its memory was.</summary>
    public ulong Wakes => BoundWakes.Count + ParkedWakes.Count + SwappedWakes.Count;

    /// <summary>How often a VM gave up its slot.</summary>
    public ulong Parks { get; init; }

    /// <summary>How long it took from an event to the first instruction of VMs in a slot.</summary>
    public LatencySample BoundWakes { get; init; } = new(0, 0, 0);

    /// <summary>The same of parked VMs.</summary>
    public LatencySample ParkedWakes { get; init; } = new(0, 0, 0);

    /// <summary>The same of VMs in the swap file.</summary>
    public LatencySample SwappedWakes { get; init; } = new(0, 0, 0);

    /// <summary>Requests that visitors made, and how long they took: of the last few seconds.</summary>
    public LatencySample Requests { get; init; } = new(0, 0, 0);

    /// <summary>Bytes of the swap file in use.</summary>
    public ulong SwapUsedBytes { get; init; }

    /// <summary>Most bytes of it; 0 for no swap file.</summary>
    public ulong SwapLimitBytes { get; init; }

    /// <summary>Memory of the kernel's process in RAM, in bytes.</summary>
    public long ResidentBytes { get; init; }

    /// <summary>Processor time of the kernel's process, VMs included, in seconds.</summary>
    public double ProcessorSeconds { get; init; }

    /// <summary>What is wrong, in words.</summary>
    public IReadOnlyList<string> Alarms { get; init; } = [];
}
