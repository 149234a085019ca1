// SPDX-License-Identifier: MIT
using Denali.Hardware;

namespace Denali.Engine;

/// <summary>What <see cref="IExecutionSlot.Enter"/> returned.</summary>
public readonly struct EngineExit
{
    /// <summary>Makes an exit.</summary>
    /// <param name="kind">Why.</param>
    /// <param name="instruction">The instruction, if that is why.</param>
    /// <param name="argument">The instruction's small argument.</param>
    /// <param name="detail">Page fault: the address. Failed: the engine's own code, for the log.</param>
    /// <param name="errorCode">Page fault: the processor's error code.</param>
    public EngineExit(
        EngineExitKind kind, Instruction instruction = 0, byte argument = 0, ulong detail = 0, uint errorCode = 0)
    {
        Kind = kind;
        Instruction = instruction;
        Argument = argument;
        Detail = detail;
        ErrorCode = errorCode;
    }

    /// <summary>Why the VM left the processor.</summary>
    public EngineExitKind Kind { get; }

    /// <summary>The virtual instruction; not checked, may be an undefined number.</summary>
    public Instruction Instruction { get; }

    /// <summary>The argument of a doorbell.</summary>
    public byte Argument { get; }

    /// <summary>Error code of a page fault (bit 0 present, 1 write, 2 user, 4 fetch).</summary>
    public uint ErrorCode { get; }

    /// <summary>Address of a page fault, or the engine's own code of a failure.</summary>
    public ulong Detail { get; }
}
