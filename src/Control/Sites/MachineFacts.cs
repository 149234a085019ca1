// SPDX-License-Identifier: MIT
using Denali.Control.Api;
using Denali.Kernel.Machines;

namespace Denali.Control.Sites;

/// <summary>How a VM is.</summary>
/// <param name="State">What it does.</param>
/// <param name="Residence">Where its memory is.</param>
/// <param name="Usage">What it uses.</param>
/// <param name="KeptBytes">What is kept of it while it has no slot, in bytes.</param>
/// <param name="Template">Identity of what it was made of, or nothing.</param>
public readonly record struct MachineFacts(
    MachineState State, MachineResidence Residence, MachineUsage Usage, ulong KeptBytes, string Template);
