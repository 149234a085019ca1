// SPDX-License-Identifier: MIT
using Denali.Kernel;
using Denali.Kernel.Machines;

namespace Denali.Control.Sites;

/// <summary>How a VM is.</summary>
/// <param name="State">What it does.</param>
/// <param name="Residence">Where its memory is.</param>
/// <param name="Usage">What it uses.</param>
/// <param name="KeptBytes">What is kept of it while it has no slot, in bytes.</param>
public readonly record struct MachineFacts(
    MachineState State, Residence Residence, MachineUsage Usage, ulong KeptBytes);
