// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Scheduling;

/// <summary>When a VM gets to see an interrupt that came while another VM was running.</summary>
public enum InterruptDelivery
{
    /// <summary>
    /// When its turn comes, with all others that have come by then. A VM that idled has its turn soon.
    /// </summary>
    Batched,

    /// <summary>
    /// At once: the VM that runs makes way, whoever it is. Every frame may cost a switch, and VMs that nothing happens
    /// for may wait without end: for measuring what batching is worth.
    /// </summary>
    Immediate,
}
