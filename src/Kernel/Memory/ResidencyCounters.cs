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
}
