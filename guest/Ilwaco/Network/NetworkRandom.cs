// SPDX-License-Identifier: MIT
using System;
using Denali.Net;

namespace Ilwaco;

/// <summary>The network stack's random numbers.</summary>
internal sealed class NetworkRandom : RandomSource
{
    /// <inheritdoc/>
    public override void Fill(Span<byte> bytes) => GuestRandom.Fill(bytes);
}
