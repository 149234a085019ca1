// SPDX-License-Identifier: MIT
namespace Denali.Engine;

/// <summary>
/// What the kernel keeps of a VM that faulted: raw facts, copied out of the VM before it is torn down. Turning them
/// into a report (symbols, disassembly, stack trace) is done elsewhere, away from the worker.
/// </summary>
public sealed class FaultSnapshot
{
    /// <summary>Most bytes of stack that a snapshot keeps.</summary>
    public const int StackMaxBytes = 32 * 1024;

    /// <summary>Most bytes of code that a snapshot keeps.</summary>
    public const int CodeMaxBytes = 16;

    /// <summary>The <see cref="Vector"/> of a guest that gave up by itself with the fault instruction.</summary>
    public const int GuestVector = -1;

    /// <summary>The <see cref="Vector"/> where the engine could not run the guest any further.</summary>
    public const int EngineVector = -2;

    /// <summary>Exception vector of the processor (0 divide error, 6 undefined opcode, 13 general protection, 14 page
    /// fault, ...), or <see cref="GuestVector"/> or <see cref="EngineVector"/>.</summary>
    public int Vector { get; init; }

    /// <summary>Error code that the processor pushed, or 0; with <see cref="GuestVector"/> the guest's
    /// code, with <see cref="EngineVector"/> the engine's.</summary>
    public ulong ErrorCode { get; init; }

    /// <summary>Faulting address of a page fault, else 0.</summary>
    public ulong Address { get; init; }

    /// <summary>Registers at the faulting instruction.</summary>
    public GuestRegisters Registers { get; init; }

    /// <summary>Bytes at the instruction pointer, as many as could be read.</summary>
    public byte[] Code { get; init; } = [];

    /// <summary>Address of the first byte of <see cref="Stack"/>: the stack pointer, as far as it lies in
    /// memory.</summary>
    public ulong StackAddress { get; init; }

    /// <summary>Bytes of the stack from <see cref="StackAddress"/> upwards, as many as could be read.</summary>
    public byte[] Stack { get; init; } = [];

    /// <summary>The guest's own message (<see cref="GuestVector"/>), else empty. Not trusted: may contain
    /// anything.</summary>
    public byte[] Message { get; init; } = [];
}
