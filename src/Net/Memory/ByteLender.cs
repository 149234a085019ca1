// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>
/// Who owns bytes that a connection sends without copying them. They must stay as they are until they are returned:
/// segments are made of them again and again until the peer has acknowledged them.
/// </summary>
/// <remarks>Used by one stack, so by one thread at a time. Nothing here may call into the stack.</remarks>
public abstract class ByteLender
{
    /// <summary>Lent bytes.</summary>
    /// <param name="lent">What was lent by this lender.</param>
    /// <returns>All of them, valid until they are returned.</returns>
    public abstract ReadOnlySpan<byte> Bytes(in LentBytes lent);

    /// <summary>Takes bytes back: once, when nobody will read them any more.</summary>
    /// <param name="lent">What was lent by this lender.</param>
    public abstract void Return(in LentBytes lent);
}
