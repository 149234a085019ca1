// SPDX-License-Identifier: MIT
using Denali.Engine;

namespace Denali.Kernel.Machines;

/// <summary>How a VM ended and what it had used.</summary>
public sealed class MachineExit
{
    /// <summary>The VM's number.</summary>
    public required ulong MachineId { get; init; }

    /// <summary>Why it ended.</summary>
    public required ExitCause Cause { get; init; }

    /// <summary>The code it terminated with; 0 for other causes.</summary>
    public uint Code { get; init; }

    /// <summary>Of a fault: what the kernel kept.</summary>
    public FaultSnapshot? Fault { get; init; }

    /// <summary>Console output that its observer had not yet accepted.</summary>
    public byte[] RemainingOutput { get; init; } = [];

    /// <summary>Processor time it used, in nanoseconds.</summary>
    public ulong CpuNs { get; init; }

    /// <summary>Memory that it was charged for, in bytes.</summary>
    public ulong ChargedBytes { get; init; }

    /// <summary>How often it left the processor.</summary>
    public ulong ExitCount { get; init; }
}
