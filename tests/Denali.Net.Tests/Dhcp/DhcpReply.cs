// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Denali.Net.Tests.Dhcp;

/// <summary>Puts messages of a server together byte by byte, without the code under test.</summary>
internal sealed class DhcpReply
{
    private readonly List<byte> _options = [];
    private readonly byte[] _fixed = new byte[240];

    public DhcpReply(DhcpMessageType type, byte[] request, byte[] address)
    {
        _fixed[0] = 2;
        _fixed[1] = 1;
        _fixed[2] = 6;
        request.AsSpan(4, 4).CopyTo(_fixed.AsSpan(4));
        address.CopyTo(_fixed, 16);
        request.AsSpan(28, 16).CopyTo(_fixed.AsSpan(28));
        BinaryPrimitives.WriteUInt32BigEndian(_fixed.AsSpan(236), 0x63825363);
        Option(53, (byte)type);
    }

    /// <summary>What every server tells.</summary>
    public static DhcpReply Usual(DhcpMessageType type, byte[] request, uint lease = 3600) =>
        new DhcpReply(type, request, [10, 0, 0, 50])
            .Option(54, 10, 0, 0, 1)
            .Option(1, 255, 255, 255, 0)
            .Option(3, 10, 0, 0, 1, 10, 0, 0, 2)
            .Option(6, 10, 0, 0, 3, 10, 0, 0, 4)
            .Option(15, [.. "example.org"u8, 0])
            .Option(26, 5, 0xA0)
            .Number(51, lease);

    public DhcpReply Option(byte type, params byte[] data)
    {
        _options.AddRange([type, (byte)data.Length, .. data]);
        return this;
    }

    public DhcpReply Number(byte type, uint value)
    {
        var data = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(data, value);
        return Option(type, data);
    }

    public DhcpReply Raw(int at, params byte[] bytes)
    {
        bytes.CopyTo(_fixed, at);
        return this;
    }

    public byte[] Build() => [.. _fixed, .. _options, 255];
}
