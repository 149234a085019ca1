// SPDX-License-Identifier: MIT
using System.Linq;
using Xunit;

namespace Denali.Net.Tests.Stack;

/// <summary>Echo, and errors about what nobody wants.</summary>
public sealed class IcmpTests
{
    private readonly TestLan _lan = new();
    private readonly TestHost _left;
    private readonly TestHost _right;

    public IcmpTests()
    {
        _left = _lan.Add(1);
        _right = _lan.Add(2);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 56)]
    [InlineData(true, 4000)]
    [InlineData(false, 56)]
    [InlineData(false, 4000)]
    public void Echo_ComesBackWhole(bool isIpv4, int size)
    {
        EchoSocket socket = _left.Stack.Icmp.OpenEcho();
        byte[] payload = [.. Enumerable.Range(0, size).Select(i => (byte)i)];
        IpAddress target = isIpv4 ? _right.Address4 : _right.Address6;

        // Neighbours get to know each other by the first one.
        socket.Send(target, 1, []);
        _lan.Settle();
        socket.Send(target, 2, payload);
        _lan.Settle();

        byte[] received = new byte[size];
        Assert.Equal(0, socket.TryReceive([], out _, out ushort sequence, out _));
        Assert.Equal(1, sequence);
        Assert.Equal(size, socket.TryReceive(received, out IpAddress source, out sequence, out byte hopLimit));
        Assert.Equal(2, sequence);
        Assert.Equal(target, source);
        Assert.Equal(64, hopLimit);
        Assert.Equal(payload, received);
        Assert.Equal(-1, socket.TryReceive(received, out _, out _, out _));
        _lan.Advance(100_000_000_000);
        Assert.Equal(0, _left.Buffers.OutstandingBytes + _right.Buffers.OutstandingBytes);
    }

    [Fact]
    public void Echo_ClosedSocket_GetsNothing()
    {
        EchoSocket first = _left.Stack.Icmp.OpenEcho();
        EchoSocket second = _left.Stack.Icmp.OpenEcho();
        first.Send(_right.Address4, 1, []);
        first.Close();
        _lan.Settle();

        Assert.False(first.IsReadable);
        Assert.False(second.IsReadable);
    }

    [Fact]
    public void Echo_ToTheBroadcastAddress_IsNotAnswered()
    {
        EchoSocket socket = _left.Stack.Icmp.OpenEcho();
        socket.Send(TestHost.Ipv4(255), 1, []);
        _lan.Settle();

        Assert.Single(_lan.Log);
        Assert.Equal(0u, _right.Stack.Icmp.EchoCount);
    }

    [Fact]
    public void PortUnreachable_IsRateLimited()
    {
        UdpSocket client = _left.OpenUdp();
        for (int i = 0; i < 1000; i++)
        {
            client.Send([1], new IpEndpoint(_right.Address4, 9));
            _lan.Settle();
        }

        Assert.Equal(20u, _right.Stack.Icmp.ErrorsSentCount);
        _lan.Advance(1_000_000_000);
        client.Send([1], new IpEndpoint(_right.Address4, 9));
        _lan.Settle();
        Assert.Equal(21u, _right.Stack.Icmp.ErrorsSentCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Foreign_Echo_GoesToTheHandlerOfAGateway(bool isGateway)
    {
        var handler = new Handler();
        TestHost gateway = _lan.Add(254, configuration => configuration.AcceptsAnyDestination = isGateway);
        gateway.Stack.Icmp.ForeignEcho = handler;
        EchoSocket socket = _left.Stack.Icmp.OpenEcho();
        socket.Send(IpAddress.FromIpv4(0x0808_0808), 1, [5]);
        _lan.Settle();

        Assert.Equal(isGateway ? 1 : 0, handler.Count);
        Assert.False(socket.IsReadable);
    }

    private sealed class Handler : IEchoHandler
    {
        public int Count { get; private set; }

        public void OnEchoRequest(in IpPacket packet, uint rest, System.ReadOnlySpan<byte> payload)
        {
            Assert.Equal(IpAddress.FromIpv4(0x0808_0808), packet.Destination);
            Assert.Equal([5], payload.ToArray());
            Count++;
        }
    }
}
