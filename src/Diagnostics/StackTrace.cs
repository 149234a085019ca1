// SPDX-License-Identifier: MIT
using System.Collections.Immutable;
using Denali.Engine;
using Denali.Images;

namespace Denali.Diagnostics;

/// <summary>The chain of calls that led to a fault.</summary>
/// <param name="Frames">From the fault outwards; at least one, at most
/// <see cref="DiagnosticLimits.FrameCountMax"/>.</param>
/// <param name="End">Why there are no more.</param>
public sealed record StackTrace(ImmutableArray<StackFrame> Frames, StackEnd End)
{
    /// <summary>Walks the stack of a snapshot. Never throws, whatever guest and image contain.</summary>
    /// <param name="snapshot">Registers and stack bytes. Not trusted.</param>
    /// <param name="image">The image that the guest ran.</param>
    /// <returns>The trace.</returns>
    public static StackTrace Walk(FaultSnapshot snapshot, DenaliImage image) =>
        new StackWalker(snapshot, image, DebugInformation.Of(image)).Walk();
}
