// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Denali.Net.Tests.Tcp;

/// <summary>An IP layer that hands every packet to a function.</summary>
internal sealed class TestIp(IpAddress address, Action<TestPacket> send) : IIpOutput
{
    public bool IsSegmentationOffloaded { get; set; }

    public int LargestPacketBytes { get; set; } = 65535;

    public int Mtu { get; set; } = 1500;

    public ulong NowNs { get; set; }

    public IpSendResult Result { get; set; } = IpSendResult.Sent;

    /// <summary>Packets until the link is full; -1 for no end.</summary>
    public int RoomLeft { get; set; } = -1;

    public Dictionary<IpAddress, int> PathMtus { get; } = [];

    public int PathMtuOf(IpAddress destination) => PathMtus.GetValueOrDefault(destination, Mtu);

    public bool TryGetSource(IpAddress destination, out IpAddress source)
    {
        source = address;
        return source.IsIpv4 == destination.IsIpv4;
    }

    public IpSendResult Send(scoped ref IpTransmission packet)
    {
        if (RoomLeft == 0)
        {
            return IpSendResult.LinkFull;
        }

        if (Result != IpSendResult.Sent)
        {
            return Result;
        }

        int ipHeader = packet.Source.IsIpv4 ? 20 : 40;
        int payload = packet.Payload.Length + packet.PayloadTail.Length;
        int onWire = packet.SegmentBytes == 0 ? payload : Math.Min(payload, packet.SegmentBytes);
        if (ipHeader + packet.Header.Length + onWire > PathMtuOf(packet.Destination))
        {
            return IpSendResult.TooLarge;
        }

        if (packet.SegmentBytes != 0 && (!IsSegmentationOffloaded || payload <= packet.SegmentBytes
            || ipHeader + packet.Header.Length + payload > LargestPacketBytes))
        {
            throw new InvalidOperationException("several segments in one, against the contract");
        }

        RoomLeft -= RoomLeft > 0 ? 1 : 0;
        byte[] bytes = [.. packet.Header, .. packet.Payload, .. packet.PayloadTail];
        send(new TestPacket
        {
            Source = packet.Source,
            Destination = packet.Destination,
            Segment = bytes,
            SegmentBytes = packet.SegmentBytes,
            SentNs = NowNs,
            IsPeerReached = packet.IsPeerReached,
        }.Sealed());
        return IpSendResult.Sent;
    }
}
