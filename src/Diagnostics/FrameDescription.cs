// SPDX-License-Identifier: MIT
namespace Denali.Diagnostics;

/// <summary>One function's entry of the call frame information (an FDE), and what its common entry (CIE) says.
/// </summary>
/// <param name="Start">First guest address of the code.</param>
/// <param name="End">Guest address behind the code.</param>
/// <param name="Common">The common entry.</param>
/// <param name="ProgramOffset">Offset of the frame program in the section.</param>
/// <param name="ProgramBytes">Bytes of the frame program.</param>
internal readonly record struct FrameDescription(
    ulong Start, ulong End, FrameCommon Common, int ProgramOffset, int ProgramBytes);
