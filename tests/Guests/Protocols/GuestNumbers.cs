// SPDX-License-Identifier: MIT
using System;
using Denali.Net;
using Ilwaco;

/// <summary>The VM's random numbers.</summary>
internal sealed class GuestNumbers : RandomSource
{
    public override void Fill(Span<byte> bytes)
    {
        foreach (ref byte value in bytes)
        {
            value = (byte)GuestRandom.Next(256);
        }
    }
}
