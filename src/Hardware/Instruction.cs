// SPDX-License-Identifier: MIT
namespace Denali.Hardware;

/// <summary>
/// The virtual instructions. A guest issues one by calling its entry in the instruction page with the System V AMD64
/// calling convention (<see cref="InstructionPage.EntryOf"/>); how the page leaves the VM is the engine's own affair.
/// </summary>
/// <remarks>The numbers are append-only; retired ones are never reused.</remarks>
public enum Instruction : byte
{
    /// <summary>
    /// <c>ulong idle(ulong deadlineNs)</c>: halts until an interrupt is pending or the monotonic clock reaches
    /// the deadline (<see cref="InstructionPage.Never"/> for none); returns the pending mask and clears it. Returns
    /// at once if something is pending. The VM may be parked, swapped, cloned or moved here.
    /// </summary>
    Idle = 0,

    /// <summary><c>void terminate(ulong code)</c>: ends this VM; the low 32 bits are its exit code.</summary>
    Terminate = 1,

    /// <summary><c>void yield()</c>: gives up the rest of the quantum, stays runnable.</summary>
    Yield = 2,

    /// <summary><c>void doorbell(ulong device)</c>: asks the kernel to look at a <see cref="Device"/>'s rings
    /// now.</summary>
    Doorbell = 3,

    /// <summary>
    /// <c>ulong ready()</c>: boot is finished; the state after this call is what a template captures and what every
    /// clone starts from. Returns like <see cref="Idle"/> with the pending mask.
    /// </summary>
    Ready = 4,

    /// <summary>
    /// <c>void fault(ulong code, ulong messageAddress, ulong messageBytes)</c>: the guest gives up; ends the VM with a
    /// message (UTF-8, cut at <see cref="InstructionPage.FaultMessageMaxBytes"/>).
    /// </summary>
    Fault = 5,
}
