// SPDX-License-Identifier: MIT
namespace Internal.Runtime;

/// <summary>How a type parameter of an interface or delegate varies.</summary>
internal enum Variance : byte
{
    None = 0,
    Covariant = 1,
    Contravariant = 2,

    /// <summary>Of array interfaces only: integers of one size are one.</summary>
    ArrayCovariant = 0x20,
}
