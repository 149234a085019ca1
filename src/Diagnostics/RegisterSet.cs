// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using Denali.Engine;

namespace Denali.Diagnostics;

/// <summary>The general registers by DWARF number (System V AMD64 ABI, figure 3.36), each known or not; 16 is the
/// instruction pointer.</summary>
internal struct RegisterSet
{
    private Values _values;
    private uint _known;

    /// <summary>Takes the registers of a snapshot: all are known.</summary>
    /// <param name="registers">The registers.</param>
    public RegisterSet(in GuestRegisters registers)
    {
        Set(0, registers.Rax);
        Set(1, registers.Rdx);
        Set(2, registers.Rcx);
        Set(3, registers.Rbx);
        Set(4, registers.Rsi);
        Set(5, registers.Rdi);
        Set(6, registers.Rbp);
        Set(7, registers.Rsp);
        Set(8, registers.R8);
        Set(9, registers.R9);
        Set(10, registers.R10);
        Set(11, registers.R11);
        Set(12, registers.R12);
        Set(13, registers.R13);
        Set(14, registers.R14);
        Set(15, registers.R15);
        Set(16, registers.Rip);
    }

    /// <summary>Reads a register.</summary>
    /// <param name="register">DWARF number, any.</param>
    /// <param name="value">Its value, or 0.</param>
    /// <returns>False if it is not known.</returns>
    public readonly bool TryGet(int register, out ulong value)
    {
        bool isKnown = register is >= 0 and < Dwarf.RegisterCount && (_known & (1u << register)) != 0;
        value = isKnown ? _values[register] : 0;
        return isKnown;
    }

    /// <summary>Sets a register.</summary>
    /// <param name="register">DWARF number from 0 to 16.</param>
    /// <param name="value">Its value.</param>
    public void Set(int register, ulong value)
    {
        _values[register] = value;
        _known |= 1u << register;
    }

    [InlineArray(Dwarf.RegisterCount)]
    private struct Values
    {
        private ulong _first;
    }
}
