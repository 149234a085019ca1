// SPDX-License-Identifier: MIT
namespace Denali.Images;

/// <summary>The function at an address.</summary>
/// <param name="Name">Name as in the file, cut at <see cref="ImageLimits.SymbolNameMaxLength"/>; every character that
/// is not visible ASCII is replaced by a question mark, so it is safe to print.</param>
/// <param name="Address">Guest address of the function's first byte.</param>
/// <param name="Bytes">Bytes of the function, at least 1: it ends at the latest where the next function begins or the
/// segment ends.</param>
/// <param name="Offset">Bytes from <paramref name="Address"/> to the address that was asked for.</param>
public readonly record struct SymbolMatch(string Name, ulong Address, ulong Bytes, ulong Offset);
