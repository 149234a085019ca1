// SPDX-License-Identifier: MIT
using System;
using System.Security.Cryptography;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>The random numbers of the kernel's own stack.</summary>
internal sealed class HostRandom : RandomSource
{
    /// <inheritdoc/>
    public override void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}
