// SPDX-License-Identifier: MIT
using Denali.Kernel.Machines;

namespace Denali.Kernel;

/// <summary>A VM in a list of all.</summary>
/// <param name="Id">Its number.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Residence">Where its memory is.</param>
/// <param name="ChargedBytes">Memory that it is charged for, in bytes.</param>
/// <param name="KeptBytes">What is really kept of it, in memory or in the swap file, in bytes.</param>
/// <param name="CpuNs">Processor time in nanoseconds.</param>
/// <param name="ExitCount">How often it left the processor.</param>
public readonly record struct MachineSummary(
    ulong Id,
    MachineState State,
    Residence Residence,
    ulong ChargedBytes,
    ulong KeptBytes,
    ulong CpuNs,
    ulong ExitCount);
