// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Denali.Images.Tests;
using Denali.Net.Tests.Support;
using Xunit;

namespace Denali.Net.Tests.Dhcp;

public sealed class DhcpClientTests : IDhcpOwner
{
    private const ulong Second = 1_000_000_000;

    private static readonly IpAddress s_address = IpAddress.FromIpv4(0x0A000032);
    private static readonly IpAddress s_server = IpAddress.FromIpv4(0x0A000001);

    private readonly List<(IpAddress Source, IpAddress Destination, byte[] Message)> _sent = [];
    private readonly List<IpAddress> _probes = [];
    private readonly List<(DhcpLease Lease, string Domain)> _bound = [];
    private readonly DhcpClient _client;
    private int _lost;

    public DhcpClientTests() =>
        _client = new DhcpClient(this, new SeededRandomSource(1), new MacAddress(0x0200_0000_0001));

    [Fact]
    public void Start_ServerAnswers_IsBoundAfterTheProbe()
    {
        _client.Start(0);
        Assert.Equal(DhcpState.Selecting, _client.State);
        AssertLast(DhcpMessageType.Discover, IpAddress.Ipv4Any, IpAddress.Ipv4Broadcast);
        Assert.Equal(0x80, _sent[^1].Message[10]);
        Answer(DhcpMessageType.Offer, 0);

        Assert.Equal(DhcpState.Requesting, _client.State);
        AssertLast(DhcpMessageType.Request, IpAddress.Ipv4Any, IpAddress.Ipv4Broadcast);
        Assert.Equal([10, 0, 0, 50], OptionOf(_sent[^1].Message, 50));
        Assert.Equal([10, 0, 0, 1], OptionOf(_sent[^1].Message, 54));
        Answer(DhcpMessageType.Acknowledge, Second);

        Assert.Equal(DhcpState.Probing, _client.State);
        Assert.False(_client.HasLease);
        Assert.Equal(s_address, Assert.Single(_probes));
        Assert.Empty(_bound);
        _client.HandleProbe(isFree: true, 2 * Second);

        Assert.Equal(DhcpState.Bound, _client.State);
        (DhcpLease lease, string domain) = Assert.Single(_bound);
        Assert.Equal(s_address, lease.Address);
        Assert.Equal(24, lease.PrefixLength);
        Assert.Equal("example.org", domain);
        Assert.Equal(1800 * Second, _client.NextDeadlineNs);
        Assert.Equal(1800 * Second, _client.Poll(1799 * Second));
    }

    [Fact]
    public void Poll_NoServer_AsksLessAndLessOftenForEver()
    {
        _client.Start(0);
        List<ulong> gaps = [];
        ulong last = 0;
        for (int index = 0; index < 8; index++)
        {
            ulong now = _client.NextDeadlineNs;
            _client.Poll(now);
            gaps.Add(now - last);
            last = now;
            AssertLast(DhcpMessageType.Discover, IpAddress.Ipv4Any, IpAddress.Ipv4Broadcast);
        }

        ulong[] expected = [4, 8, 16, 32, 64, 64, 64, 64];
        for (int index = 0; index < gaps.Count; index++)
        {
            Assert.InRange(gaps[index], (expected[index] - 1) * Second, (expected[index] + 1) * Second);
        }

        Assert.Equal(9, _sent.Count);

        // The seconds since the start are told.
        Assert.Equal(last / Second, (ulong)((_sent[^1].Message[8] << 8) | _sent[^1].Message[9]));
    }

    [Fact]
    public void Poll_ServerSilentAfterItsOffer_BeginsAgain()
    {
        _client.Start(0);
        Answer(DhcpMessageType.Offer, 0);
        for (int index = 0; index < 4; index++)
        {
            Assert.Equal(DhcpMessageType.Request, TypeOf(_sent[^1].Message));
            _client.Poll(_client.NextDeadlineNs);
        }

        Assert.Equal(DhcpMessageType.Discover, TypeOf(_sent[^1].Message));
        Assert.NotEqual(_sent[0].Message[4..8], _sent[^1].Message[4..8]);
    }

    [Fact]
    public void HandleProbe_AddressInUse_DeclinesAndBeginsAgainLater()
    {
        _client.Start(0);
        Answer(DhcpMessageType.Offer, 0);
        Answer(DhcpMessageType.Acknowledge, 0);
        _client.HandleProbe(isFree: false, 0);
        AssertLast(DhcpMessageType.Decline, IpAddress.Ipv4Any, IpAddress.Ipv4Broadcast);
        Assert.Equal([10, 0, 0, 50], OptionOf(_sent[^1].Message, 50));
        Assert.Equal([10, 0, 0, 1], OptionOf(_sent[^1].Message, 54));
        Assert.Empty(OptionOf(_sent[^1].Message, 55));
        Assert.Equal(DhcpState.Waiting, _client.State);
        Assert.Equal(10 * Second, _client.NextDeadlineNs);
        _client.Poll(10 * Second);
        Assert.Equal(DhcpState.Selecting, _client.State);
        Assert.Empty(_bound);
    }

    [Fact]
    public void Poll_HalfOfTheLeaseOver_AsksItsServerAndKeepsTheAddress()
    {
        Bind(3600);
        _client.Poll(1800 * Second);
        Assert.Equal(DhcpState.Renewing, _client.State);
        Assert.True(_client.HasLease);
        AssertLast(DhcpMessageType.Request, s_address, s_server);
        Assert.Equal([10, 0, 0, 50], _sent[^1].Message[12..16]);
        Assert.Empty(OptionOf(_sent[^1].Message, 50));
        Assert.Empty(OptionOf(_sent[^1].Message, 54));
        Answer(DhcpMessageType.Acknowledge, 1801 * Second);
        Assert.Equal(DhcpState.Bound, _client.State);
        Assert.Equal((1800 + 1800) * Second, _client.NextDeadlineNs);
        Assert.Equal(2, _bound.Count);
        Assert.Single(_probes);
    }

    [Fact]
    public void Poll_ServerGone_AsksAnyThenLosesTheAddress()
    {
        Bind(3600);
        int before = _sent.Count;
        List<(ulong At, IpAddress To)> asked = [];
        while (_lost == 0)
        {
            ulong now = _client.NextDeadlineNs;
            _client.Poll(now);
            if (_lost == 0)
            {
                asked.Add((now / Second, _sent[^1].Destination));
                Assert.Equal(now < 3150 * Second ? DhcpState.Renewing : DhcpState.Rebinding, _client.State);
                Assert.Equal(s_address, _sent[^1].Source);
            }
            else
            {
                Assert.Equal(3600 * Second, now);
            }
        }

        Assert.Equal(asked.Count + 1, _sent.Count - before);
        Assert.All(asked, item => Assert.Equal(item.At < 3150 ? s_server : IpAddress.Ipv4Broadcast, item.To));
        Assert.Equal(1800ul, asked[0].At);
        Assert.Contains(3150ul, asked.Select(item => item.At));
        Assert.InRange(asked.Count, 5, 20);
        Assert.Equal(DhcpState.Selecting, _client.State);
        Assert.False(_client.HasLease);
        AssertLast(DhcpMessageType.Discover, IpAddress.Ipv4Any, IpAddress.Ipv4Broadcast);
    }

    [Fact]
    public void HandleDatagram_AnotherServerAgreesWhenRebinding_KeepsTheAddress()
    {
        Bind(3600);
        _client.Poll(3150 * Second);
        Assert.Equal(DhcpState.Rebinding, _client.State);
        _client.HandleDatagram(
            new DhcpReply(DhcpMessageType.Acknowledge, _sent[^1].Message, [10, 0, 0, 50])
                .Option(54, 10, 0, 0, 7).Number(51, 1000).Build(),
            3151 * Second);
        Assert.Equal(DhcpState.Bound, _client.State);
        Assert.Equal(IpAddress.FromIpv4(0x0A000007), _client.Lease.Server);
        Assert.Equal(8, _client.Lease.PrefixLength);
        Assert.Equal((3150 + 500) * Second, _client.NextDeadlineNs);
    }

    [Fact]
    public void HandleDatagram_RefusedWhileRenewing_LosesTheAddress()
    {
        Bind(3600);
        _client.Poll(1800 * Second);
        Answer(DhcpMessageType.Refuse, 1801 * Second);
        Assert.Equal(1, _lost);
        Assert.Equal(DhcpState.Selecting, _client.State);
    }

    [Fact]
    public void HandleDatagram_RefusedAfterTheOffer_BeginsAgainLater()
    {
        _client.Start(0);
        Answer(DhcpMessageType.Offer, 0);
        Answer(DhcpMessageType.Refuse, 0);
        Assert.Equal(DhcpState.Waiting, _client.State);
        Assert.Equal(0, _lost);
        Assert.Equal(10 * Second, _client.NextDeadlineNs);
    }

    [Theory]
    [InlineData(4, 1)] // another exchange
    [InlineData(33, 1)] // another client
    [InlineData(16, 0xE0)] // a multicast address
    [InlineData(242, 1)] // another kind of message
    [InlineData(242, 6)]
    public void HandleDatagram_NotTheOffer_IsIgnored(int at, byte bits)
    {
        _client.Start(0);
        byte[] offer = DhcpReply.Usual(DhcpMessageType.Offer, _sent[^1].Message).Build();
        byte[] other = [.. offer];
        other[at] = (byte)(at == 16 ? bits : other[at] ^ bits);
        _client.HandleDatagram(other, 0);
        Assert.Equal(DhcpState.Selecting, _client.State);
        Assert.Single(_sent);
        _client.HandleDatagram(offer, 0);
        Assert.Equal(DhcpState.Requesting, _client.State);
    }

    [Fact]
    public void HandleDatagram_AgreementOfAnotherServerOrUseless_IsIgnored()
    {
        _client.Start(0);
        Answer(DhcpMessageType.Offer, 0);
        byte[] request = _sent[^1].Message;
        DhcpReply other = new DhcpReply(DhcpMessageType.Acknowledge, request, [10, 0, 0, 50]).Option(54, 10, 0, 0, 9);
        _client.HandleDatagram(other.Number(51, 3600).Build(), 0);
        _client.HandleDatagram(DhcpReply.Usual(DhcpMessageType.Acknowledge, request, lease: 9).Build(), 0);
        Assert.Equal(DhcpState.Requesting, _client.State);
        _client.HandleDatagram(DhcpReply.Usual(DhcpMessageType.Acknowledge, request, lease: 10).Build(), 0);
        Assert.Equal(DhcpState.Probing, _client.State);
    }

    [Theory]
    [InlineData(100u, 200u, 100u, 200u)]
    [InlineData(200u, 100u, 1800u, 3150u)] // in the wrong order
    [InlineData(100u, 3600u, 1800u, 3150u)] // not before the end
    [InlineData(0u, 0u, 1800u, 3150u)]
    public void HandleDatagram_TimesOfRenewal_AreUsedIfTheyMakeSense(uint t1, uint t2, uint renewal, uint rebinding)
    {
        _client.Start(0);
        Answer(DhcpMessageType.Offer, 0);
        _client.HandleDatagram(
            DhcpReply.Usual(DhcpMessageType.Acknowledge, _sent[^1].Message).Number(58, t1).Number(59, t2).Build(), 0);
        _client.HandleProbe(isFree: true, 0);
        Assert.Equal(renewal, _client.Lease.RenewalSeconds);
        Assert.Equal(rebinding, _client.Lease.RebindingSeconds);
        Assert.Equal(renewal * Second, _client.NextDeadlineNs);
    }

    [Fact]
    public void Poll_EndlessLease_IsNeverRenewed()
    {
        Bind(uint.MaxValue);
        Assert.Equal(ulong.MaxValue, _client.NextDeadlineNs);
        int before = _sent.Count;
        _client.Poll(1UL << 62);
        Assert.Equal(before, _sent.Count);
        Assert.True(_client.HasLease);
    }

    [Fact]
    public void Stop_Bound_GivesTheAddressBack()
    {
        Bind(3600);
        _client.Stop();
        AssertLast(DhcpMessageType.Release, s_address, s_server);
        Assert.Equal([10, 0, 0, 50], _sent[^1].Message[12..16]);
        Assert.Equal([10, 0, 0, 1], OptionOf(_sent[^1].Message, 54));
        Assert.Equal(DhcpState.Stopped, _client.State);
        Assert.Equal(ulong.MaxValue, _client.Poll(9999 * Second));
        Assert.Equal(0, _lost);
        _client.Start(9999 * Second);
        Assert.Equal(DhcpState.Selecting, _client.State);
    }

    [Fact]
    public void Client_HostileServer_NeverThrowsAndNeverFloods() =>
        TestSeed.ForEach(3_000, 100_000, random =>
        {
            _client.Stop();
            _client.Start(0);
            ulong now = 0;
            for (int step = 0; step < 60; step++)
            {
                _sent.RemoveRange(0, Math.Max(0, _sent.Count - 1));
                uint lease = (uint)random.Next(1 << random.Next(31));
                DhcpMessageType type = (DhcpMessageType)random.Next(1, 8);
                byte[] reply = DhcpReply.Usual(type, _sent[^1].Message, lease).Build();
                _client.HandleDatagram(random.Next(3) == 0 ? ByteMutator.Mutate(reply, random) : reply, now);
                _client.HandleProbe(random.Next(4) != 0, now);
                now += (ulong)random.Next(1_000_000_000) * (ulong)random.Next(100);
                ulong next = _client.Poll(now);
                Assert.True(next > now || _client.State == DhcpState.Stopped, $"{_client.State} polls at once");

                // One message for the reply, one for the probe, one for the poll.
                Assert.InRange(_sent.Count, 1, 4);
            }
        });

    void IDhcpOwner.SendDhcp(IpAddress source, IpAddress destination, ReadOnlySpan<byte> message) =>
        _sent.Add((source, destination, message.ToArray()));

    void IDhcpOwner.ProbeAddress(IpAddress address) => _probes.Add(address);

    void IDhcpOwner.OnBound(in DhcpLease lease, ReadOnlySpan<byte> domain) =>
        _bound.Add((lease, Encoding.ASCII.GetString(domain)));

    void IDhcpOwner.OnLost() => _lost++;

    private static DhcpMessageType TypeOf(byte[] message) => (DhcpMessageType)OptionOf(message, 53)[0];

    private static byte[] OptionOf(byte[] message, byte option)
    {
        for (int at = 240; message[at] != 255; at += 2 + message[at + 1])
        {
            if (message[at] == option)
            {
                return message[(at + 2)..(at + 2 + message[at + 1])];
            }
        }

        return [];
    }

    private void Answer(DhcpMessageType type, ulong now, uint lease = 3600) =>
        _client.HandleDatagram(DhcpReply.Usual(type, _sent[^1].Message, lease).Build(), now);

    private void Bind(uint lease)
    {
        _client.Start(0);
        Answer(DhcpMessageType.Offer, 0);
        Answer(DhcpMessageType.Acknowledge, 0, lease);
        _client.HandleProbe(isFree: true, 0);
        Assert.Equal(DhcpState.Bound, _client.State);
    }

    private void AssertLast(DhcpMessageType type, IpAddress source, IpAddress destination)
    {
        Assert.Equal(type, TypeOf(_sent[^1].Message));
        Assert.Equal(source, _sent[^1].Source);
        Assert.Equal(destination, _sent[^1].Destination);
    }
}
