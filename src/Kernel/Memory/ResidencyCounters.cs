// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Memory;

/// <summary>What a worker's <see cref="Residency"/> has done. Written by its worker; any thread may read it.</summary>
internal sealed class ResidencyCounters
{
    /// <summary>VMs that were bound to a slot.</summary>
    internal ulong Binds;

    /// <summary>VMs that were parked.</summary>
    internal ulong Parks;

    /// <summary>Differing pages that they had.</summary>
    internal ulong ParkedPages;

    /// <summary>VMs that could not be bound because the host refused.</summary>
    internal ulong BindFailures;

    /// <summary>VMs that could not be parked because the host refused.</summary>
    internal ulong ParkFailures;

    /// <summary>VMs that were written to the swap file.</summary>
    internal ulong SwapOuts;

    /// <summary>VMs that came back from it.</summary>
    internal ulong SwapIns;

    /// <summary>VMs that could not be written to it.</summary>
    internal ulong WriteFailures;

    /// <summary>How often a VM could not be read from it.</summary>
    internal ulong ReadFailures;

    /// <summary>VMs that ended because what was read from it is not what was written.</summary>
    internal ulong SwapLost;

    /// <summary>How long VMs took from being woken to their first instruction, by <see cref="Residence"/>.</summary>
    internal readonly LatencyHistogram[] Wakes = [new(), new(), new()];
}
