// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>Where the stack's secrets and unpredictable numbers come from.</summary>
/// <remarks>In production a cryptographic generator; in a simulation a seeded one.</remarks>
public abstract class RandomSource
{
    /// <summary>Fills a span with random bytes.</summary>
    /// <param name="bytes">The span.</param>
    public abstract void Fill(Span<byte> bytes);
}
