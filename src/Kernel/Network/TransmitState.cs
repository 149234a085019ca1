// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Network;

/// <summary>What holds up a VM's transmit ring, if anything.</summary>
internal enum TransmitState : byte
{
    /// <summary>Nothing: it is looked at when the VM leaves the processor.</summary>
    Quiet,

    /// <summary>It has used up its share and waits for its turn.</summary>
    Backlog,

    /// <summary>It has used up its rate and waits for the time.</summary>
    Throttled,

    /// <summary>The way to another worker is full.</summary>
    Blocked,
}
