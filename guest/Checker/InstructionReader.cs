// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;

namespace Denali.GuestChecker;

/// <summary>Takes IL apart.</summary>
public static class InstructionReader
{
    private const int TwoBytePrefix = 0xFE;

    private static readonly Dictionary<int, OpCode> s_codes = LoadCodes();

    /// <summary>The instructions of a method.</summary>
    /// <param name="il">The IL.</param>
    /// <returns>The instructions.</returns>
    public static List<Instruction> Read(BlobReader il)
    {
        List<Instruction> instructions = [];
        while (il.RemainingBytes > 0)
        {
            int offset = il.Offset;
            int value = il.ReadByte();
            if (value == TwoBytePrefix)
            {
                value = (value << 8) | il.ReadByte();
            }

            OpCode code = s_codes[value];
            instructions.Add(new Instruction(offset, code, ReadOperand(ref il, code.OperandType)));
        }

        return instructions;
    }

    private static int ReadOperand(ref BlobReader il, OperandType type)
    {
        switch (type)
        {
            case OperandType.InlineField:
            case OperandType.InlineMethod:
            case OperandType.InlineSig:
            case OperandType.InlineString:
            case OperandType.InlineTok:
            case OperandType.InlineType:
                return il.ReadInt32();
            case OperandType.InlineSwitch:
                int targets = il.ReadInt32();
                il.Offset += targets * sizeof(int);
                return 0;
            default:
                il.Offset += SizeOf(type);
                return 0;
        }
    }

    private static int SizeOf(OperandType type) => type switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineBrTarget or OperandType.InlineI or OperandType.ShortInlineR => 4,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => throw new NotSupportedException($"An operand of type {type}"),
    };

    private static Dictionary<int, OpCode> LoadCodes()
    {
        Dictionary<int, OpCode> codes = [];
        foreach (FieldInfo field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            if (field.GetValue(null) is OpCode code)
            {
                codes[(ushort)code.Value] = code;
            }
        }

        return codes;
    }
}
