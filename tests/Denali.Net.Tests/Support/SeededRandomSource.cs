// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tests.Support;

/// <summary>Random numbers that are the same in every run.</summary>
internal sealed class SeededRandomSource(int seed) : RandomSource
{
    private readonly Random _random = new(seed);

    public override void Fill(Span<byte> bytes) => _random.NextBytes(bytes);
}
