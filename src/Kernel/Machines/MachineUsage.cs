// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Machines;

/// <summary>What a VM uses.</summary>
/// <param name="ChargedBytes">Memory that it is charged for, in bytes.</param>
/// <param name="LimitBytes">Most memory that it may be charged for, in bytes.</param>
/// <param name="CpuNs">Processor time in nanoseconds, up to its last exit.</param>
/// <param name="ExitCount">How often it left the processor.</param>
public readonly record struct MachineUsage(ulong ChargedBytes, ulong LimitBytes, ulong CpuNs, ulong ExitCount);
