// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Scheduling;

/// <summary>Why a VM is to wait for the processor.</summary>
public enum EnqueueReason
{
    /// <summary>It was just created.</summary>
    Created,

    /// <summary>It idled and something happened for it.</summary>
    Woken,

    /// <summary>It used up its quantum.</summary>
    QuantumUsed,

    /// <summary>It gave up the rest of its quantum.</summary>
    Yielded,

    /// <summary>Another VM came first; the rest of its quantum is kept.</summary>
    Preempted,

    /// <summary>Its turn had come when there was no slot for it, and now it has one.</summary>
    Bound,

    /// <summary>It came from another worker.</summary>
    Moved,
}
