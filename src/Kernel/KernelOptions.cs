// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kernel.Scheduling;

namespace Denali.Kernel;

/// <summary>Settings of a kernel.</summary>
public sealed class KernelOptions
{
    /// <summary>Number of workers; by default one per core.</summary>
    public int WorkerCount { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Most execution slots, which is how many VMs can be in the middle of something at a time; by default one for each
    /// 16 MiB of the machine's memory, of which a slot takes about 0.7 for itself. Beyond a few they are made one by
    /// one as VMs give way to each other.
    /// </summary>
    public int SlotLimit { get; init; } = DefaultSlotLimit();

    /// <summary>The swap file; null for none.</summary>
    public SwapOptions? Swap { get; init; }

    /// <summary>
    /// Most bytes that are kept of parked VMs in memory if there is a swap file: above it the coldest go there. By
    /// default a quarter of the machine's memory.
    /// </summary>
    public ulong ParkedLimitBytes { get; init; } = (ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;

    /// <summary>Who decides which VMs may exist and hold memory.</summary>
    public IGatekeeper Gatekeeper { get; init; } = DefaultGatekeeper();

    /// <summary>The addresses of the virtual LAN.</summary>
    public LanOptions Lan { get; init; } = new();

    /// <summary>
    /// Name of a TAP interface that joins the virtual LAN to Linux; null for none. Linux's end has the gateway's
    /// hardware address; its IP addresses are for the user to set.
    /// </summary>
    public string? TapName { get; init; }

    /// <summary>
    /// The isolation groups that the TAP interface serves; null for all. The VMs of another group neither send to Linux
    /// nor hear from it. Two groups that are both served exchange nothing under their own addresses; what Linux sends
    /// from an address of its own, having translated it, it answers for.
    /// </summary>
    public IReadOnlyCollection<uint>? TapGroups { get; init; }

    /// <summary>When a VM gets to see an interrupt that came while another VM was running.</summary>
    public InterruptDelivery InterruptDelivery { get; init; } = InterruptDelivery.Batched;

    private static int DefaultSlotLimit()
    {
        const long BytesPerSlot = 16 << 20;
        return (int)Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / BytesPerSlot, 64, 16_384);
    }

    private static Gatekeeper DefaultGatekeeper()
    {
        // An eighth stays with the host, for the kernel's own structures and the page tables of the slots.
        ulong available = (ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new Gatekeeper(MachineTable.Capacity, available - (available / 8));
    }
}
