// SPDX-License-Identifier: MIT
using System;
using Xunit;

namespace Denali.Net.Tests.Stack;

/// <summary>Datagrams of which a part never comes.</summary>
public sealed class ReassemblyTimeoutTests
{
    [Fact]
    public void Timeout_SenderUnknownToNeighborCache_IsAskedForInTime()
    {
        var lan = new TestLan();
        TestHost host = lan.Add(1);
        host.Stack.Receive(FirstFragment(host), default, lan.NowNs);
        Assert.NotEqual(0, host.Buffers.OutstandingBytes);
        host.Poll(lan.NowNs);

        // The report waits for the sender's hardware address, which nobody tells. It is given up in the end, but only
        // if the stack says every time when it is to be polled next.
        while (host.NextNs != ulong.MaxValue)
        {
            host.Poll(host.NextNs);
        }

        Assert.Equal(0, host.Buffers.OutstandingBytes);
    }

    private static byte[] FirstFragment(TestHost host)
    {
        const int PayloadBytes = 1480;
        byte[] frame = new byte[EthernetHeader.SizeBytes + Ipv4Header.SizeBytes + PayloadBytes];
        new EthernetHeader
        {
            Destination = host.Stack.Interface.Mac,
            Source = new MacAddress(0x0200_0000_0077),
            EtherType = EtherType.Ipv4,
        }.Write(frame);
        new Ipv4Header
        {
            HeaderBytes = Ipv4Header.SizeBytes,
            TotalBytes = Ipv4Header.SizeBytes + PayloadBytes,
            Identification = 7,
            MoreFragments = true,
            HopLimit = 64,
            Protocol = IpProtocol.Udp,
            Source = TestHost.Ipv4(77),
            Destination = host.Address4,
        }.Write(frame.AsSpan(EthernetHeader.SizeBytes));
        return frame;
    }
}
