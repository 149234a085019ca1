// SPDX-License-Identifier: MIT
using System;
using Ilwaco;

/// <summary>The guest that the network benchmarks run; its first argument says what it does.</summary>
internal static class BenchNet
{
    private static int Main()
    {
        ReadOnlySpan<byte> mode = Arguments.At(1);
        if (mode.SequenceEqual("serve"u8))
        {
            Service.Run(Arguments.Count > 2 ? Arguments.At(2) : default);
        }

        return 2;
    }
}
