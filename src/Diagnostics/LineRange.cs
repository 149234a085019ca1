// SPDX-License-Identifier: MIT
namespace Denali.Diagnostics;

/// <summary>Addresses that belong to one line.</summary>
/// <param name="Start">First guest address.</param>
/// <param name="End">Guest address behind the last.</param>
/// <param name="FileIndex">Index into the line table's file names, or -1.</param>
/// <param name="Line">Line number; 0 if the code belongs to no line.</param>
internal readonly record struct LineRange(ulong Start, ulong End, int FileIndex, uint Line);
