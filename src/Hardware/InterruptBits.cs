// SPDX-License-Identifier: MIT
namespace Denali.Hardware;

/// <summary>
/// Pending interrupts, one bit each, in <see cref="RegisterPage.PendingInterrupts"/> and in the result of
/// <see cref="Instruction.Idle"/>. A bit says "has happened since you last looked", never how often.
/// </summary>
[System.Flags]
public enum InterruptBits : ulong
{
    /// <summary>Nothing is pending.</summary>
    None = 0,

    /// <summary>The idle deadline or the timer deadline has passed.</summary>
    Timer = 1UL << 0,

    /// <summary>The NIC consumed transmit descriptors or filled receive descriptors.</summary>
    Nic = 1UL << 1,

    /// <summary>A disk request completed.</summary>
    Disk = 1UL << 2,

    /// <summary>Console input arrived, or there is room again in the console output ring.</summary>
    Console = 1UL << 3,

    /// <summary>A control response arrived (supervisor VM only).</summary>
    Control = 1UL << 4,

    /// <summary>The VM is asked to end; if it does not, it may be killed.</summary>
    Terminate = 1UL << 5,
}
