// SPDX-License-Identifier: MIT
namespace Denali.Diagnostics;

/// <summary>How to find a register of the caller (DWARF 5, section 6.4.1, "register rules").</summary>
internal enum FrameRuleKind : byte
{
    /// <summary>It has not changed. Also the rule of registers that the tables do not mention.</summary>
    SameValue = 0,

    /// <summary>It cannot be found.</summary>
    Undefined,

    /// <summary>It is saved at the frame address plus a number.</summary>
    Offset,

    /// <summary>It is the frame address plus a number.</summary>
    ValueOffset,

    /// <summary>It is in another register.</summary>
    Register,

    /// <summary>An expression tells; not evaluated here, so it cannot be found.</summary>
    Expression,
}
