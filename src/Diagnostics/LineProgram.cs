// SPDX-License-Identifier: MIT
namespace Denali.Diagnostics;

/// <summary>A unit's parameters and the state machine of its line number program (DWARF 5, section 6.2.2).</summary>
internal sealed class LineProgram
{
    /// <summary>minimum_instruction_length.</summary>
    public byte MinimumInstructionBytes { get; set; }

    /// <summary>line_base.</summary>
    public sbyte LineBase { get; set; }

    /// <summary>line_range; not 0.</summary>
    public byte LineRange { get; set; }

    /// <summary>opcode_base; not 0.</summary>
    public byte OpcodeBase { get; set; }

    /// <summary>standard_opcode_lengths: operands of each opcode from 1.</summary>
    public byte[] OperandCounts { get; set; } = [];

    /// <summary>Number of the first file.</summary>
    public ulong FileBase { get; set; }

    /// <summary>State: address.</summary>
    public ulong Address { get; set; }

    /// <summary>State: file number.</summary>
    public ulong File { get; set; }

    /// <summary>State: line.</summary>
    public uint Line { get; private set; }

    /// <summary>Whether a row of this sequence awaits its end.</summary>
    public bool HasRow { get; set; }

    /// <summary>Address of that row.</summary>
    public ulong RowAddress { get; set; }

    /// <summary>File index of that row, or -1.</summary>
    public int RowFile { get; set; }

    /// <summary>Line of that row.</summary>
    public uint RowLine { get; set; }

    /// <summary>Begins a sequence.</summary>
    public void Reset()
    {
        Address = 0;
        File = 1;
        Line = 1;
        HasRow = false;
    }

    /// <summary>Goes forward in the code. x86-64 has one operation per instruction.</summary>
    /// <param name="operations">Number of smallest instructions.</param>
    public void Advance(ulong operations) => Address = unchecked(Address + (operations * MinimumInstructionBytes));

    /// <summary>Changes the line.</summary>
    /// <param name="delta">Lines, modulo 2^32.</param>
    public void AddLine(long delta) => Line = unchecked((uint)(Line + delta));
}
