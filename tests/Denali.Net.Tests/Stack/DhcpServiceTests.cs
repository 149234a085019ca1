// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using System.Text;
using Denali.Net.Tests.Dhcp;
using Xunit;

namespace Denali.Net.Tests.Stack;

/// <summary>A stack without an address on a link with a DHCP server, which is a stack, too.</summary>
public sealed class DhcpServiceTests
{
    private const ulong Second = 1_000_000_000;
    private const uint LeaseSeconds = 3600;
    private const int ArpOffset = EthernetHeader.SizeBytes;

    private static readonly IpAddress s_leased = IpAddress.FromIpv4(0x0A00_0032);

    private readonly TestLan _lan = new();
    private readonly TestHost _client;
    private readonly TestHost _server;
    private readonly UdpSocket _datagrams;
    private int _acknowledged;

    public DhcpServiceTests()
    {
        _client = _lan.Add(9);
        _server = _lan.Add(1);
        _datagrams = _server.OpenUdp(DhcpClient.ServerPort);
    }

    private IpInterface Link => _client.Stack.Interface;

    private DhcpService Service => _client.Stack.Dhcp!;

    [Fact]
    public void Start_ServerAnswers_ConfiguresTheInterface()
    {
        Bind();

        Assert.Equal(s_leased, Link.Ipv4Address);
        Assert.Equal(24, Link.Ipv4PrefixLength);
        Assert.Equal(IpAddress.FromIpv4(0x0A00_0001), Link.Ipv4Gateway);
        Assert.Equal(1440, Link.MtuBytes);
        Assert.Equal("example.org", Encoding.ASCII.GetString(Service.Domain));
        Assert.Equal(2, Service.Lease.DnsServerCount);

        // And it can be talked to.
        UdpSocket answers = _server.OpenUdp(7);
        Assert.Equal(NetError.None, _client.OpenUdp().Send("hello"u8, new IpEndpoint(_server.Address4, 7)));
        _lan.Settle();
        Assert.True(answers.TryReceive(new byte[10], isPeek: false, out UdpDatagram datagram));
        Assert.Equal(s_leased, datagram.Source.Address);
    }

    [Fact]
    public void Start_BeforeALease_SendsNothingUnderAnAddress()
    {
        Start();
        _lan.Advance(100 * Second);

        Assert.Equal(IpAddress.Ipv4Any, Link.Ipv4Address);
        Assert.Equal(NetError.Unreachable, _client.OpenUdp().Send("hello"u8, new IpEndpoint(_server.Address4, 7)));
        Assert.All(
            _lan.Log.Where(frame => EtherTypeOf(frame) == EtherType.Ipv4),
            frame => Assert.Equal(IpAddress.Ipv4Any, IpAddress.ReadIpv4(frame.AsSpan(26))));
    }

    [Fact]
    public void Start_AddressIsFree_ProbesThenAnnounces()
    {
        Bind();

        ArpPacket[] requests = [.. _lan.Log.Where(frame => EtherTypeOf(frame) == EtherType.Arp).Select(ReadArp)];
        Assert.Equal(DhcpService.ProbeCount + 1, requests.Length);
        Assert.All(requests, request => Assert.Equal(s_leased, request.TargetAddress));
        Assert.All(requests[..^1], request => Assert.Equal(IpAddress.Ipv4Any, request.SenderAddress));
        Assert.Equal(s_leased, requests[^1].SenderAddress);
    }

    [Fact]
    public void Start_AddressIsTaken_DeclinesItAndBeginsAgain()
    {
        TestHost rival = _lan.Add(0x32);
        Start();

        Assert.Equal(DhcpMessageType.Decline, Serve());
        Assert.False(Service.HasLease);
        Assert.Equal(IpAddress.Ipv4Any, Link.Ipv4Address);
        rival.Stack.Interface.Ipv4Address = TestHost.Ipv4(0x33);
        _lan.Advance(DhcpClient.RestartNs);
        Serve();
        _lan.Advance(Second);
        Assert.Equal(s_leased, Link.Ipv4Address);
    }

    [Fact]
    public void Probe_OfARivalThatWantsTheAddressToo_DeclinesIt()
    {
        Start();
        Serve();
        byte[] frame = new byte[EthernetHeader.SizeBytes + ArpPacket.SizeBytes];
        var rival = new MacAddress(0x0200_0000_0077);
        new EthernetHeader { Source = rival, Destination = MacAddress.Broadcast, EtherType = EtherType.Arp }
            .Write(frame);
        new ArpPacket
        {
            Operation = ArpOperation.Request,
            SenderMac = rival,
            SenderAddress = IpAddress.Ipv4Any,
            TargetAddress = s_leased,
        }.Write(frame.AsSpan(ArpOffset));
        _client.Stack.Receive(frame, default, _lan.NowNs);
        _lan.Advance(Second);

        Assert.False(Service.HasLease);
        Assert.Equal(DhcpMessageType.Decline, Serve());
    }

    [Fact]
    public void Lease_HalfOver_IsRenewedByTheServer()
    {
        Bind();
        uint version = Service.Version;
        _lan.Advance((LeaseSeconds / 2) * Second);
        Assert.Equal(DhcpMessageType.Request, Serve());
        _lan.Settle();

        Assert.Equal(2, _acknowledged);
        Assert.True(Service.HasLease);
        Assert.NotEqual(version, Service.Version);

        // So the first lease's end passes without harm.
        _lan.Advance(((LeaseSeconds / 2) + 10) * Second);
        Assert.Equal(s_leased, Link.Ipv4Address);
    }

    [Fact]
    public void Lease_ThatNobodyRenews_TakesTheAddressAway()
    {
        Bind();
        _lan.Advance((LeaseSeconds - 10) * Second);
        Assert.Equal(s_leased, Link.Ipv4Address);
        _lan.Advance(20 * Second);

        Assert.False(Service.HasLease);
        Assert.Equal(IpAddress.Ipv4Any, Link.Ipv4Address);
        Assert.Equal(IpAddress.Ipv4Any, Link.Ipv4Gateway);
        Assert.Equal(1500, Link.MtuBytes);
        Assert.True(Service.Domain.IsEmpty);
        Assert.Equal(
            NetError.Unreachable, _client.OpenUdp().Send("hello"u8, new IpEndpoint(_server.Address4, 7)));
    }

    [Fact]
    public void StopDhcp_WithALease_GivesItBack()
    {
        Bind();
        _client.Stack.StopDhcp(_lan.NowNs);
        _lan.Settle();

        Assert.Equal(DhcpMessageType.Release, Serve());
        Assert.Equal(IpAddress.Ipv4Any, Link.Ipv4Address);
        Assert.Equal(0, _client.Stack.Udp.SocketCount);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1501)]
    [InlineData(2000)]
    public void Receive_BytesThatAreNoMessage_ChangeNothing(int length)
    {
        Start();
        byte[] noise = new byte[length];
        new Random(length).NextBytes(noise);
        Assert.Equal(
            NetError.None,
            _server.Stack.Udp.SendFrom(
                new IpEndpoint(_server.Address4, DhcpClient.ServerPort),
                new IpEndpoint(IpAddress.Ipv4Broadcast, DhcpClient.ClientPort),
                noise));
        _lan.Settle();
        Serve();
        _lan.Advance(Second);

        Assert.True(Service.HasLease);
    }

    private static EtherType EtherTypeOf(byte[] frame)
    {
        Assert.True(EthernetHeader.TryParse(frame, out EthernetHeader header));
        return header.EtherType;
    }

    private static ArpPacket ReadArp(byte[] frame)
    {
        Assert.True(ArpPacket.TryParse(frame.AsSpan(ArpOffset), out ArpPacket packet));
        return packet;
    }

    private void Start()
    {
        _client.Stack.StartDhcp("vm"u8, _lan.NowNs);
        _lan.Settle();
    }

    private void Bind()
    {
        Start();
        Serve();
        _lan.Advance(Second);
        Assert.True(Service.HasLease);
    }

    /// <summary>Answers all that clients ask.</summary>
    /// <returns>What the last message was.</returns>
    private DhcpMessageType Serve()
    {
        byte[] request = new byte[2000];
        var last = DhcpMessageType.None;
        while (_datagrams.TryReceive(request, isPeek: false, out UdpDatagram datagram))
        {
            last = (DhcpMessageType)request[DhcpMessage.FixedBytes + 2];
            if (last is DhcpMessageType.Discover or DhcpMessageType.Request)
            {
                bool isOffer = last == DhcpMessageType.Discover;
                DhcpMessageType type = isOffer ? DhcpMessageType.Offer : DhcpMessageType.Acknowledge;
                _acknowledged += isOffer ? 0 : 1;
                IpAddress to = datagram.Source.Address.IsAny ? IpAddress.Ipv4Broadcast : datagram.Source.Address;
                Assert.Equal(
                    NetError.None,
                    _server.Stack.Udp.SendFrom(
                        new IpEndpoint(_server.Address4, DhcpClient.ServerPort),
                        new IpEndpoint(to, DhcpClient.ClientPort),
                        DhcpReply.Usual(type, request[..datagram.LengthBytes], LeaseSeconds).Build()));
            }

            _lan.Settle();
        }

        return last;
    }
}
