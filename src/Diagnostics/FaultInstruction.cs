// SPDX-License-Identifier: MIT
using System;
using Denali.Engine;
using Iced.Intel;

namespace Denali.Diagnostics;

/// <summary>The instruction that faulted, as far as its bytes are known.</summary>
internal sealed class FaultInstruction
{
    private const int InstructionBytesMax = 15;
    private const int AddressBits = 47;

    private readonly Instruction _instruction;
    private readonly byte[] _bytes;
    private readonly GuestRegisters _registers;

    private FaultInstruction(Instruction instruction, byte[] bytes, GuestRegisters registers)
    {
        _instruction = instruction;
        _bytes = bytes;
        _registers = registers;
    }

    /// <summary>Whether the bytes are an instruction.</summary>
    public bool IsKnown => !_instruction.IsInvalid;

    /// <summary>Whether only a kernel may execute it (port input and output included).</summary>
    public bool IsPrivileged => IsKnown && _instruction.IsPrivileged;

    /// <summary>Whether it calls an operating system, which a guest does not have below it.</summary>
    public bool IsSystemCall => _instruction.Mnemonic is Mnemonic.Syscall or Mnemonic.Sysenter or Mnemonic.Int;

    /// <summary>Whether it is the one that compilers put where no execution can come.</summary>
    public bool IsDeliberate => _instruction.Mnemonic is Mnemonic.Ud0 or Mnemonic.Ud1 or Mnemonic.Ud2;

    /// <summary>Name of the instruction in lower case.</summary>
    public string Name => _instruction.Mnemonic.ToString().ToLowerInvariant();

    /// <summary>Decodes the code of a snapshot.</summary>
    /// <param name="snapshot">The fault. Not trusted.</param>
    /// <returns>The instruction, known or not.</returns>
    public static FaultInstruction Decode(FaultSnapshot snapshot)
    {
        byte[] code = snapshot.Code[..Math.Min(snapshot.Code.Length, InstructionBytesMax)];
        var decoder = Decoder.Create(64, new ByteArrayCodeReader(code));
        decoder.IP = snapshot.Registers.Rip;
        Instruction instruction = default;
        if (code.Length > 0)
        {
            decoder.Decode(out instruction);
        }

        byte[] bytes = instruction.IsInvalid ? code : code[..Math.Min(instruction.Length, code.Length)];
        return new FaultInstruction(instruction, bytes, snapshot.Registers);
    }

    /// <summary>The first memory operand's address, if it has the form of no address at all or is misaligned for what
    /// the instruction wants: the usual reasons of a general protection fault in user mode.</summary>
    /// <param name="address">The address.</param>
    /// <param name="isCanonical">Whether it has the form of an address.</param>
    /// <returns>False if there is no memory operand.</returns>
    public bool TryGetMemoryAddress(out ulong address, out bool isCanonical)
    {
        for (int operand = 0; operand < _instruction.OpCount; operand++)
        {
            if (_instruction.GetOpKind(operand) == OpKind.Memory &&
                _instruction.TryGetVirtualAddress(operand, 0, out address, TryGetRegister))
            {
                isCanonical = (long)(address << (63 - AddressBits)) >> (63 - AddressBits) == (long)address;
                return true;
            }
        }

        address = 0;
        isCanonical = true;
        return false;
    }

    /// <summary>Whether the first memory operand is a vector that must be aligned but is not.</summary>
    /// <param name="address">Address of the operand.</param>
    /// <returns>True if that explains the fault.</returns>
    public bool IsMisaligned(ulong address)
    {
        const int AlignedBytesMin = 16;
        int bytes = _instruction.MemorySize.GetSize();
        return bytes >= AlignedBytesMin && (address & ((ulong)bytes - 1)) != 0;
    }

    /// <summary>The instruction in Intel's syntax, and its bytes.</summary>
    /// <returns>One line.</returns>
    public override string ToString()
    {
        string bytes = Convert.ToHexStringLower(_bytes);
        if (_bytes.Length == 0)
        {
            return "(its bytes cannot be read)";
        }

        if (!IsKnown)
        {
            return $"(no instruction: {bytes})";
        }

        var output = new StringOutput();
        var formatter = new IntelFormatter();
        formatter.Options.HexPrefix = "0x";
        formatter.Options.HexSuffix = "";
        formatter.Options.UppercaseHex = false;
        formatter.Options.SpaceAfterOperandSeparator = true;
        formatter.Format(_instruction, output);
        return $"{output.ToStringAndReset()} ({bytes})";
    }

    private bool TryGetRegister(Register register, int elementIndex, int elementSize, out ulong value)
    {
        ulong? found = register.GetFullRegister() switch
        {
            Register.RAX => _registers.Rax,
            Register.RBX => _registers.Rbx,
            Register.RCX => _registers.Rcx,
            Register.RDX => _registers.Rdx,
            Register.RSI => _registers.Rsi,
            Register.RDI => _registers.Rdi,
            Register.RSP => _registers.Rsp,
            Register.RBP => _registers.Rbp,
            Register.R8 => _registers.R8,
            Register.R9 => _registers.R9,
            Register.R10 => _registers.R10,
            Register.R11 => _registers.R11,
            Register.R12 => _registers.R12,
            Register.R13 => _registers.R13,
            Register.R14 => _registers.R14,
            Register.R15 => _registers.R15,
            Register.RIP => _registers.Rip,

            // Segments are flat; guests have no thread pointer registers.
            Register.CS or Register.DS or Register.ES or Register.SS or Register.FS or Register.GS => 0,
            _ => null,
        };
        value = found.GetValueOrDefault();
        return found.HasValue;
    }
}
