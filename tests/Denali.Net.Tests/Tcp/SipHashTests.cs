// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

public sealed class SipHashTests
{
    // Vectors of the reference implementation: key 00 01 .. 0f, message 00 01 .. of that many bytes.
    [Theory]
    [InlineData(0, 0x726F_DB47_DD0E_0E31)]
    [InlineData(8, 0x93F5_F579_9A93_2462)]
    [InlineData(16, 0x3F2A_CC7F_57C2_9BDB)]
    public void Vectors_OfTheReference_Match(int length, ulong expected)
    {
        byte[] bytes = new byte[16];
        for (byte i = 0; i < 16; i++)
        {
            bytes[i] = i;
        }

        SipHash hash = new(bytes);
        for (int at = 0; at < length; at += 8)
        {
            hash.Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)));
        }

        Assert.Equal(expected, hash.Finish());
    }
}
