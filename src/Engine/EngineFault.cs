// SPDX-License-Identifier: MIT
namespace Denali.Engine;

/// <summary>A fault as the processor reported it.</summary>
public struct EngineFault
{
    /// <summary>Exception vector, 0 to 31.</summary>
    public int Vector;

    /// <summary>Error code, or 0.</summary>
    public ulong ErrorCode;

    /// <summary>Faulting address of a page fault, else 0.</summary>
    public ulong Address;

    /// <summary>The guest's registers at the faulting instruction.</summary>
    public GuestRegisters Registers;
}
