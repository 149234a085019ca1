// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace Denali.Diagnostics;

/// <summary>The rules that hold at one address: a row of the table that a frame program describes.</summary>
internal struct FrameRow
{
    /// <summary>Register that the frame address is relative to.</summary>
    public int CfaRegister;

    /// <summary>Bytes from that register to the frame address.</summary>
    public long CfaOffset;

    /// <summary>Whether an expression tells the frame address instead; not evaluated here.</summary>
    public bool IsCfaExpression;

    private Rules _rules;

    /// <summary>The rule of a register.</summary>
    /// <param name="register">DWARF number; those without a meaning here are ignored.</param>
    /// <returns>The rule.</returns>
    public readonly FrameRule RuleOf(ulong register) =>
        register < Dwarf.RegisterCount ? _rules[(int)register] : default;

    /// <summary>Sets the rule of a register.</summary>
    /// <param name="register">DWARF number; those without a meaning here (vector registers) are ignored.</param>
    /// <param name="kind">Kind of the rule.</param>
    /// <param name="value">Its number.</param>
    public void SetRule(ulong register, FrameRuleKind kind, long value = 0)
    {
        if (register < Dwarf.RegisterCount)
        {
            _rules[(int)register] = new FrameRule(kind, value);
        }
    }

    [InlineArray(Dwarf.RegisterCount)]
    private struct Rules
    {
        private FrameRule _first;
    }
}
