// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tests.Tcp;

/// <summary>Random bytes that can be had again.</summary>
internal sealed class SeededRandom(int seed) : RandomSource
{
    private readonly Random _random = new(seed);

    public override void Fill(Span<byte> bytes) => _random.NextBytes(bytes);
}
