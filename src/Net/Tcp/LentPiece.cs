// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <summary>A part of a send buffer that was not copied.</summary>
internal sealed class LentPiece
{
    /// <summary>What was lent.</summary>
    internal LentBytes Lent;

    /// <summary>Copied bytes between the piece before this one, or the start of the buffer, and this one.</summary>
    internal int CopiedBefore;

    /// <summary>How many bytes of the piece are acknowledged.</summary>
    internal int Skipped;

    /// <summary>How many bytes are left.</summary>
    internal int Length;

    /// <summary>The piece behind this one, or the next free one.</summary>
    internal LentPiece? Next;

    /// <summary>The bytes that are left.</summary>
    internal ReadOnlySpan<byte> Bytes => Lent.Lender!.Bytes(Lent).Slice(Skipped, Length);
}
