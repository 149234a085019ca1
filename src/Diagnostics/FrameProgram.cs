// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Denali.Diagnostics;

/// <summary>Runs a frame program (DWARF 5, section 6.4.2) up to an address.</summary>
internal sealed class FrameProgram
{
    private readonly FrameCommon _common;
    private readonly ulong _target;
    private readonly Stack<FrameRow> _remembered = [];
    private FrameRow _row;
    private FrameRow _initial;
    private ulong _location;

    private FrameProgram(in FrameDescription description, ulong target)
    {
        _common = description.Common;
        _location = description.Start;
        _target = target;
    }

    /// <summary>Finds the rules that hold at an address.</summary>
    /// <param name="table">The table that the description is from.</param>
    /// <param name="description">The function.</param>
    /// <param name="address">Guest address inside the function.</param>
    /// <param name="row">The rules, or the default.</param>
    /// <returns>False if the program is damaged or uses what is not known here.</returns>
    public static bool TryRun(FrameTable table, in FrameDescription description, ulong address, out FrameRow row)
    {
        FrameCommon common = description.Common;
        var program = new FrameProgram(description, address);
        bool isGood = program.TryRun(table.Program(common.ProgramOffset, common.ProgramBytes));
        program._initial = program._row;
        isGood = isGood && program.TryRun(table.Program(description.ProgramOffset, description.ProgramBytes));
        row = program._row;
        return isGood;
    }

    private bool TryRun(ReadOnlySpan<byte> instructions)
    {
        var cursor = new ByteCursor(instructions);
        while (!cursor.IsAtEnd)
        {
            byte opcode = cursor.U8();
            byte operand = (byte)(opcode & 0x3F);
            ulong advance = 0;
            switch (opcode & 0xC0)
            {
                case Dwarf.FrameAdvanceLocation:
                    advance = operand;
                    break;
                case Dwarf.FrameOffset:
                    _row.SetRule(operand, FrameRuleKind.Offset, Scaled((long)cursor.Unsigned()));
                    break;
                case Dwarf.FrameRestore:
                    Restore(operand);
                    break;
                default:
                    if (!TryRunExtended(opcode, ref cursor, out advance))
                    {
                        return false;
                    }

                    break;
            }

            if (cursor.IsBroken)
            {
                return false;
            }

            ulong next = unchecked(_location + (advance * _common.CodeFactor));
            if (advance != 0 && (next > _target || next < _location))
            {
                return true;
            }

            _location = next;
        }

        return true;
    }

    private bool TryRunExtended(byte opcode, ref ByteCursor cursor, out ulong advance)
    {
        advance = 0;
        switch (opcode)
        {
            case Dwarf.FrameNop:
                return true;
            case Dwarf.FrameAdvanceLocation1:
                advance = cursor.U8();
                return true;
            case Dwarf.FrameAdvanceLocation2:
                advance = cursor.U16();
                return true;
            case Dwarf.FrameAdvanceLocation4:
                advance = cursor.U32();
                return true;
            case Dwarf.FrameRememberState:
                _remembered.Push(_row);
                return _remembered.Count <= DiagnosticLimits.RememberedStateCountMax;
            case Dwarf.FrameRestoreState:
                return _remembered.TryPop(out _row);
            case Dwarf.FrameGnuArgumentsSize:
                cursor.Unsigned();
                return true;
            default:
                // SetLocation, an encoded pointer, is not emitted for x86-64 and is refused here too.
                return TryRunCfa(opcode, ref cursor) || TryRunRule(opcode, ref cursor);
        }
    }

    private bool TryRunCfa(byte opcode, ref ByteCursor cursor)
    {
        switch (opcode)
        {
            case Dwarf.FrameDefineCfa:
                SetCfaRegister(cursor.Unsigned());
                _row.CfaOffset = (long)cursor.Unsigned();
                return true;
            case Dwarf.FrameDefineCfaSigned:
                SetCfaRegister(cursor.Unsigned());
                _row.CfaOffset = Scaled(cursor.Signed());
                return true;
            case Dwarf.FrameDefineCfaRegister:
                SetCfaRegister(cursor.Unsigned());
                return true;
            case Dwarf.FrameDefineCfaOffset:
                _row.CfaOffset = (long)cursor.Unsigned();
                return true;
            case Dwarf.FrameDefineCfaOffsetSigned:
                _row.CfaOffset = Scaled(cursor.Signed());
                return true;
            case Dwarf.FrameDefineCfaExpression:
                cursor.Skip(cursor.Unsigned());
                _row.IsCfaExpression = true;
                return true;
            default:
                return false;
        }
    }

    private bool TryRunRule(byte opcode, ref ByteCursor cursor)
    {
        if (opcode is < Dwarf.FrameOffsetExtended or > Dwarf.FrameValueExpression)
        {
            return false;
        }

        ulong register = cursor.Unsigned();
        switch (opcode)
        {
            case Dwarf.FrameOffsetExtended:
                _row.SetRule(register, FrameRuleKind.Offset, Scaled((long)cursor.Unsigned()));
                return true;
            case Dwarf.FrameOffsetExtendedSigned:
                _row.SetRule(register, FrameRuleKind.Offset, Scaled(cursor.Signed()));
                return true;
            case Dwarf.FrameValueOffset:
                _row.SetRule(register, FrameRuleKind.ValueOffset, Scaled((long)cursor.Unsigned()));
                return true;
            case Dwarf.FrameValueOffsetSigned:
                _row.SetRule(register, FrameRuleKind.ValueOffset, Scaled(cursor.Signed()));
                return true;
            case Dwarf.FrameRestoreExtended:
                Restore(register);
                return true;
            case Dwarf.FrameUndefined:
                _row.SetRule(register, FrameRuleKind.Undefined);
                return true;
            case Dwarf.FrameSameValue:
                _row.SetRule(register, FrameRuleKind.SameValue);
                return true;
            case Dwarf.FrameRegister:
                _row.SetRule(register, FrameRuleKind.Register, (long)cursor.Unsigned());
                return true;
            case Dwarf.FrameExpression or Dwarf.FrameValueExpression:
                cursor.Skip(cursor.Unsigned());
                _row.SetRule(register, FrameRuleKind.Expression);
                return true;
            default:
                return false;
        }
    }

    private void SetCfaRegister(ulong register)
    {
        _row.CfaRegister = (int)Math.Min(register, Dwarf.RegisterCount);
        _row.IsCfaExpression = false;
    }

    private void Restore(ulong register)
    {
        FrameRule rule = _initial.RuleOf(register);
        _row.SetRule(register, rule.Kind, rule.Value);
    }

    private long Scaled(long factored) => unchecked(factored * _common.DataFactor);
}
