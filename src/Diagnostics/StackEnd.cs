// SPDX-License-Identifier: MIT
namespace Denali.Diagnostics;

/// <summary>Why a stack trace ends where it ends.</summary>
public enum StackEnd
{
    /// <summary>The outermost function: no return address is above it.</summary>
    Outermost = 0,

    /// <summary>The image has no call frame information for the last address.</summary>
    NoFrameInformation,

    /// <summary>The call frame information uses what is not known here, or is damaged.</summary>
    FrameInformationUnusable,

    /// <summary>The next return address lies in a part of the stack that the snapshot does not have.</summary>
    StackNotKept,

    /// <summary>The next return address is not inside code: the stack is damaged, or the frame information is wrong.
    /// </summary>
    NotCode,

    /// <summary>The next frame would not lie above the last one.</summary>
    NotAscending,

    /// <summary><see cref="DiagnosticLimits.FrameCountMax"/> frames were found.</summary>
    Limit,
}
