// SPDX-License-Identifier: MIT
using System;
using Denali.Kernel.Network;
using Denali.Kernel.Scheduling;

namespace Denali.Kernel;

/// <summary>Settings of a kernel.</summary>
public sealed class KernelOptions
{
    /// <summary>Number of workers; by default one per core.</summary>
    public int WorkerCount { get; init; } = Environment.ProcessorCount;

    /// <summary>Who decides which VMs may hold slots and memory.</summary>
    public IGatekeeper Gatekeeper { get; init; } = DefaultGatekeeper();

    /// <summary>The addresses of the virtual LAN.</summary>
    public LanOptions Lan { get; init; } = new();

    private static Gatekeeper DefaultGatekeeper()
    {
        const int SlotLimit = 16_384;

        // An eighth stays with the host, for the kernel's own structures and the page tables of the slots.
        ulong available = (ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new Gatekeeper(SlotLimit, available - (available / 8));
    }
}
