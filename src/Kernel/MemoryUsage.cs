// SPDX-License-Identifier: MIT
namespace Denali.Kernel;

/// <summary>Where the VMs and their memory are. Its numbers are read one after the other while they go on
/// changing.</summary>
public readonly record struct MemoryUsage
{
    /// <summary>VMs in an execution slot.</summary>
    public int BoundMachines { get; init; }

    /// <summary>VMs in the machine's memory without a slot, those included that never ran.</summary>
    public int ParkedMachines { get; init; }

    /// <summary>VMs in the swap file.</summary>
    public int SwappedMachines { get; init; }

    /// <summary>What is kept of parked VMs in memory, in bytes.</summary>
    public ulong ParkedBytes { get; init; }

    /// <summary>Above this, parked VMs are sent to the swap file; in bytes.</summary>
    public ulong ParkedLimitBytes { get; init; }

    /// <summary>What the swap file keeps, in bytes.</summary>
    public ulong SwapUsedBytes { get; init; }

    /// <summary>Most that it keeps, in bytes; 0 if there is none.</summary>
    public ulong SwapLimitBytes { get; init; }

    /// <summary>How often a VM was written to the swap file.</summary>
    public ulong SwapOuts { get; init; }

    /// <summary>How often a VM came back from it.</summary>
    public ulong SwapIns { get; init; }

    /// <summary>Alarm: VMs that are to go to the swap file stay in memory, because it is full or its device refuses. If
    /// <see cref="ParkedBytes"/> is above its limit as well, no VM is let in.</summary>
    public bool SwapRefuses { get; init; }

    /// <summary>How often a VM could not be written, because the file was full or its device refused.</summary>
    public ulong SwapWriteFailures { get; init; }

    /// <summary>How often a VM could not be read, because its device refused or the host had no memory. It is tried
    /// again for as long as it takes.</summary>
    public ulong SwapReadFailures { get; init; }

    /// <summary>Alarm: VMs that are wanted and could not be read so far.</summary>
    public int SwapUnreadable { get; init; }

    /// <summary>Alarm: VMs that ended because what was read is not what was written.</summary>
    public ulong SwapLost { get; init; }

    /// <summary>Waking VMs that held a slot.</summary>
    public WakeLatency BoundWakes { get; init; }

    /// <summary>Waking VMs that were parked in memory.</summary>
    public WakeLatency ParkedWakes { get; init; }

    /// <summary>Waking VMs that were in the swap file.</summary>
    public WakeLatency SwappedWakes { get; init; }
}
