// SPDX-License-Identifier: MIT
using System;
using Denali.Net.Tcp;

namespace Denali.Net.Tests.Tcp;

/// <summary>A TCP layer with what it stands on.</summary>
internal sealed class TestHost
{
    public TestHost(IpAddress address, int seed, Action<TestPacket> send, TcpSettings? settings = null)
    {
        Address = address;
        Ip = new TestIp(address, send);
        Tcp = new TcpLayer(Ip, Buffers, new SeededRandom(seed), settings ?? new TcpSettings());
    }

    public IpAddress Address { get; }

    public TestIp Ip { get; }

    public TestBuffers Buffers { get; } = new();

    public TcpLayer Tcp { get; }

    public ulong DeadlineNs { get; private set; } = ulong.MaxValue;

    public void Poll(ulong nowNs)
    {
        Ip.NowNs = nowNs;
        DeadlineNs = Tcp.Poll(nowNs);
    }

    public void Receive(TestPacket packet, ulong nowNs)
    {
        Ip.NowNs = nowNs;
        IpPacket ip = new()
        {
            Source = packet.Source,
            Destination = packet.Destination,
            HopLimit = 64,
            IsChecksumTrusted = packet.IsTrusted,
            SegmentBytes = packet.SegmentBytes,
        };
        Tcp.Receive(ip, packet.Segment, nowNs);
    }
}
