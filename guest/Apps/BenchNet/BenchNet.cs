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

        ReadOnlySpan<byte> to = Arguments.At(2);
        int bytes = Number(3);
        int batch = Number(4);
        int rounds = Number(5);
        if (mode.SequenceEqual("frames"u8))
        {
            bool isToSelf = to.SequenceEqual("self"u8);
            FrameLoop.Run(isToSelf, isToSelf || to.SequenceEqual("back"u8), bytes, (uint)batch, rounds);
        }
        else
        {
            DatagramLoop.Run(bytes, batch, rounds);
        }

        return 0;
    }

    private static int Number(int argument)
    {
        Panic.Unless(NumberText.TryParse(Arguments.At(argument), out ulong value), "An argument is no number"u8);
        return (int)value;
    }
}
