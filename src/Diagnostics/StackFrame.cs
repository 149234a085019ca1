// SPDX-License-Identifier: MIT
namespace Denali.Diagnostics;

/// <summary>One frame of a stack trace.</summary>
/// <param name="Address">The instruction that faulted, or the return address into this function.</param>
/// <param name="Symbol">Name of the function as in the symbol table, printable, or null.</param>
/// <param name="Offset">Bytes from the function's first byte to <paramref name="Address"/>.</param>
/// <param name="Line">Source line of the instruction that faulted or called, or null.</param>
public readonly record struct StackFrame(ulong Address, string? Symbol, ulong Offset, SourceLine? Line);
