// SPDX-License-Identifier: MIT
namespace Denali.Hardware;

/// <summary>
/// Entry points and constants of the instruction page at <see cref="AddressMap.InstructionPageBase"/>.
/// </summary>
/// <remarks>
/// The page's code is supplied by the execution engine, so that one image runs on every engine. Entries are
/// <see cref="EntryBytes"/> apart in the order of <see cref="Instruction"/>; behind them lie entries that no guest
/// calls as an instruction.
/// </remarks>
public static class InstructionPage
{
    /// <summary>Bytes from one entry to the next.</summary>
    public const uint EntryBytes = 128;

    /// <summary>The deadline that never comes.</summary>
    public const ulong Never = ulong.MaxValue;

    /// <summary>Longest fault message that the kernel keeps, in bytes.</summary>
    public const uint FaultMessageMaxBytes = 1024;

    /// <summary>Entry of <see cref="Instruction.Idle"/>.</summary>
    public const ulong IdleEntry = AddressMap.InstructionPageBase + ((ulong)Instruction.Idle * EntryBytes);

    /// <summary>Entry of <see cref="Instruction.Terminate"/>.</summary>
    public const ulong TerminateEntry = AddressMap.InstructionPageBase + ((ulong)Instruction.Terminate * EntryBytes);

    /// <summary>Entry of <see cref="Instruction.Yield"/>.</summary>
    public const ulong YieldEntry = AddressMap.InstructionPageBase + ((ulong)Instruction.Yield * EntryBytes);

    /// <summary>Entry of <see cref="Instruction.Doorbell"/>.</summary>
    public const ulong DoorbellEntry = AddressMap.InstructionPageBase + ((ulong)Instruction.Doorbell * EntryBytes);

    /// <summary>Entry of <see cref="Instruction.Ready"/>.</summary>
    public const ulong ReadyEntry = AddressMap.InstructionPageBase + ((ulong)Instruction.Ready * EntryBytes);

    /// <summary>Entry of <see cref="Instruction.Fault"/>.</summary>
    public const ulong FaultEntry = AddressMap.InstructionPageBase + ((ulong)Instruction.Fault * EntryBytes);

    /// <summary>
    /// Where the kernel starts a VM that idled: loads <see cref="RegisterPage.SavedStackPointer"/>, restores the
    /// callee-saved registers from that stack, and returns from <see cref="Instruction.Idle"/> or
    /// <see cref="Instruction.Ready"/> with the pending mask.
    /// </summary>
    public const ulong ResumeEntry = AddressMap.InstructionPageBase + (8UL * EntryBytes);

    /// <summary>
    /// End of an upcall: the guest restores its registers, points the stack at the frame that the kernel pushed
    /// (<see cref="UpcallFrame"/>) and jumps here; enables interrupts and continues what was interrupted. No upcall is
    /// delivered while the instruction pointer is inside the instruction page, so upcalls never nest.
    /// </summary>
    public const ulong UpcallReturnEntry = AddressMap.InstructionPageBase + (9UL * EntryBytes);

    /// <summary>The entry point of an instruction.</summary>
    /// <param name="instruction">One of the defined instructions.</param>
    /// <returns>A guest address inside the instruction page.</returns>
    public static ulong EntryOf(Instruction instruction) =>
        AddressMap.InstructionPageBase + ((ulong)instruction * EntryBytes);
}
