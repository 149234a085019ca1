// SPDX-License-Identifier: MIT
using System.Linq;
using Xunit;

namespace Denali.Net.Tests.Stack;

/// <summary>UDP between whole stacks: ARP and neighbour discovery, fragments, errors, queues.</summary>
public sealed class UdpTests
{
    private readonly TestLan _lan = new();
    private readonly TestHost _left;
    private readonly TestHost _right;

    public UdpTests()
    {
        _left = _lan.Add(1);
        _right = _lan.Add(2);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 1)]
    [InlineData(true, 1472)]
    [InlineData(true, 1473)]
    [InlineData(true, 65507)]
    [InlineData(false, 0)]
    [InlineData(false, 1452)]
    [InlineData(false, 1453)]
    [InlineData(false, 65487)]
    public void Send_AnySize_ArrivesWhole(bool isIpv4, int size)
    {
        UdpSocket server = _right.OpenUdp(7);
        UdpSocket client = _left.OpenUdp();
        byte[] payload = Bytes(size);

        // Of a datagram in pieces only the newest would wait for the neighbour's address.
        UdpSocket other = _right.OpenUdp(8);
        client.Send([], new IpEndpoint(AddressOf(_right, isIpv4), 8));
        _lan.Settle();
        Assert.True(other.IsReadable);
        other.Close();
        Assert.Equal(NetError.None, client.Send(payload, new IpEndpoint(AddressOf(_right, isIpv4), 7)));
        _lan.Settle();

        byte[] received = new byte[65536];
        Assert.True(server.TryReceive(received, isPeek: false, out UdpDatagram datagram));
        Assert.Equal(payload, received[..datagram.LengthBytes]);
        Assert.Equal(new IpEndpoint(AddressOf(_left, isIpv4), client.Local.Port), datagram.Source);
        Assert.Equal(AddressOf(_right, isIpv4), datagram.Destination);
        Assert.False(server.TryReceive(received, isPeek: false, out _));
        Assert.All(_lan.Log, frame => Assert.True(frame.Length <= 1514));
        _lan.Advance(120_000_000_000);
        Assert.Equal(0, _left.Buffers.OutstandingBytes + _right.Buffers.OutstandingBytes);
    }

    [Fact]
    public void Send_ChecksumOffloaded_IsLeftToTheLink()
    {
        TestHost offloading = _lan.Add(3, configuration => configuration.IsChecksumOffloaded = true);
        UdpSocket server = _right.OpenUdp(7);
        offloading.OpenUdp().Send([1, 2, 3], new IpEndpoint(_right.Address4, 7));
        _lan.Settle();

        Assert.True(server.TryReceive(new byte[8], isPeek: false, out UdpDatagram datagram));
        Assert.Equal(3, datagram.LengthBytes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Send_NobodyListens_ConnectedSocketIsTold(bool isIpv4)
    {
        UdpSocket client = _left.OpenUdp();
        var remote = new IpEndpoint(AddressOf(_right, isIpv4), 9);
        Assert.Equal(NetError.None, client.Connect(remote));
        client.Send([1], remote);
        _lan.Settle();

        Assert.True(client.IsReadable);
        Assert.Equal(NetError.Refused, client.TakeError());
        Assert.Equal(NetError.None, client.TakeError());
    }

    [Fact]
    public void Send_NoSuchNeighbor_IsUnreachableAfterThreeRequests()
    {
        UdpSocket client = _left.OpenUdp();
        var remote = new IpEndpoint(TestHost.Ipv4(99), 9);
        client.Connect(remote);
        client.Send([1], remote);
        _lan.Advance(2_500_000_000);
        Assert.Equal(NetError.None, client.TakeError());
        _lan.Advance(1_000_000_000);

        Assert.Equal(NetError.Unreachable, client.TakeError());
        Assert.Equal(3, _lan.Log.Count);
        Assert.Equal(0, _left.Buffers.OutstandingBytes);
    }

    [Fact]
    public void Receive_QueueFull_DropsAndCounts()
    {
        UdpSocket server = _right.OpenUdp(7);
        server.ReceiveBytesMax = 4096;
        UdpSocket client = _left.OpenUdp();
        for (int i = 0; i < 10; i++)
        {
            client.Send(new byte[1000], new IpEndpoint(_right.Address4, 7));
            _lan.Settle();
        }

        int received = 0;
        while (server.TryReceive(new byte[1000], isPeek: false, out _))
        {
            received++;
        }

        Assert.Equal(3, received);
        Assert.Equal(7u, server.DroppedCount);
        Assert.Equal(0, server.HeldBytes);
    }

    [Fact]
    public void Receive_Corrupted_IsDropped()
    {
        UdpSocket server = _right.OpenUdp(7);
        UdpSocket client = _left.OpenUdp();
        _lan.Filter = frame =>
        {
            if (frame.Length == 14 + 20 + 8 + 4)
            {
                frame[^1] ^= 1;
            }

            return true;
        };
        client.Send([1, 2, 3, 4], new IpEndpoint(_right.Address4, 7));
        _lan.Settle();

        Assert.False(server.IsReadable);
        Assert.Equal(1u, _right.Stack.Udp.MalformedCount);
    }

    [Fact]
    public void Receive_ConnectedSocket_WinsOverTheBoundOne()
    {
        UdpSocket client = _left.OpenUdp(1000);
        UdpSocket other = _left.OpenUdp(1001);
        UdpSocket bound = _right.OpenUdp(7);
        bound.IsAddressShared = true;
        UdpSocket connected = _right.Stack.Udp.Open();
        connected.IsAddressShared = true;
        Assert.Equal(NetError.None, _right.Stack.Udp.Bind(connected, new IpEndpoint(_right.Address4, 7)));
        connected.Connect(new IpEndpoint(_left.Address4, 1000));

        client.Send([1], new IpEndpoint(_right.Address4, 7));
        _lan.Settle();
        other.Send([2], new IpEndpoint(_right.Address4, 7));
        _lan.Settle();

        byte[] one = new byte[1];
        Assert.True(connected.TryReceive(one, isPeek: false, out _));
        Assert.Equal(1, one[0]);
        Assert.False(connected.IsReadable);
        Assert.True(bound.TryReceive(one, isPeek: false, out _));
        Assert.Equal(2, one[0]);
    }

    [Fact]
    public void Bind_PortTaken_IsRefused()
    {
        UdpSocket first = _left.OpenUdp(7);
        UdpSocket second = _left.Stack.Udp.Open();
        Assert.Equal(NetError.AddressInUse, _left.Stack.Udp.Bind(second, new IpEndpoint(IpAddress.Ipv4Any, 7)));
        first.Close();
        Assert.Equal(NetError.None, _left.Stack.Udp.Bind(second, new IpEndpoint(IpAddress.Ipv4Any, 7)));
        Assert.Equal(1, _left.Stack.Udp.SocketCount);
    }

    [Fact]
    public void Send_ToOneself_ArrivesWithoutTheLink()
    {
        UdpSocket server = _left.OpenUdp(7);
        UdpSocket client = _left.OpenUdp();
        IpAddress[] own = [_left.Address4, _left.Address6, IpAddress.FromIpv4(0x7F00_0001), new IpAddress(0, 1)];
        foreach (IpAddress address in own)
        {
            Assert.Equal(NetError.None, client.Send(Bytes(3000), new IpEndpoint(address, 7)));
            _lan.Settle();
            Assert.True(server.TryReceive(new byte[3000], isPeek: false, out UdpDatagram datagram));
            Assert.Equal(3000, datagram.LengthBytes);
            Assert.Equal(address, datagram.Source.Address);
        }

        Assert.Empty(_lan.Log);
        Assert.Equal(0, _left.Buffers.OutstandingBytes);
    }

    [Fact]
    public void Send_LinkFull_SaysSo()
    {
        UdpSocket client = _left.OpenUdp();
        var remote = new IpEndpoint(_right.Address4, 7);
        client.Send([1], remote);
        _lan.Settle();
        _left.Link.IsFull = true;

        Assert.Equal(NetError.NoBuffers, client.Send([1], remote));
        Assert.Equal(NetError.NoBuffers, client.Send(new byte[5000], remote));
    }

    [Fact]
    public void Send_PathIsNarrow_FragmentsAfterTheRouterSaysSo()
    {
        UdpSocket client = _left.OpenUdp();
        var remote = new IpEndpoint(IpAddress.FromIpv4(0x0808_0808), 7);
        TestHost router = _lan.Add(254);
        client.Send(new byte[1400], remote);
        _lan.Settle();
        byte[] sent = _lan.Log[^1];
        Assert.Equal(1400 + 42, sent.Length);

        router.Link.Sent.Enqueue((TestPackets.FragmentationNeeded(sent, mtu: 1000), default));
        _lan.Settle();
        _lan.Log.Clear();
        client.Send(new byte[1400], remote);
        _lan.Settle();

        Assert.Equal(2, _lan.Log.Count);
        Assert.All(_lan.Log, frame => Assert.True(frame.Length <= 1014));
    }

    private static IpAddress AddressOf(TestHost host, bool isIpv4) => isIpv4 ? host.Address4 : host.Address6;

    private static byte[] Bytes(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i * 7))];
}
