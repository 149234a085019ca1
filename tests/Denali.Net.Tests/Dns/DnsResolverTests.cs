// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Denali.Images.Tests;
using Denali.Net.Tests.Support;
using Xunit;

namespace Denali.Net.Tests.Dns;

public sealed class DnsResolverTests : IDnsTransport
{
    private const ulong Second = 1_000_000_000;

    private static readonly IpEndpoint s_first = new(IpAddress.FromIpv4(0x0A000001), 53);
    private static readonly IpEndpoint s_second = new(IpAddress.FromIpv4(0x0A000002), 53);
    private static readonly byte[] s_pointer = [0xC0, 12];

    private readonly LeakCheckedBuffers _buffers = new();
    private readonly HashSet<ushort> _ports = [];
    private readonly HashSet<int> _streams = [];
    private readonly List<(ushort Port, IpEndpoint Server, byte[] Message)> _sent = [];
    private readonly List<byte[]> _streamSent = [];
    private readonly List<DnsQuery> _completed = [];
    private readonly DnsResolver _resolver;
    private readonly DnsQuery _query = new();
    private bool _isStreamPossible = true;

    public DnsResolverTests()
    {
        _resolver = new DnsResolver(this, new SeededRandomSource(1), _buffers);
        _resolver.SetServers([s_first, s_second]);
    }

    [Fact]
    public void Start_Answered_GivesTheAddresses()
    {
        Start("www.example");
        Assert.Equal("www.example", NameOf(_sent[0].Message));
        Assert.Equal(s_first, _sent[0].Server);
        Assert.InRange(_sent[0].Port, 1024, ushort.MaxValue);
        AnswerAddress(300, 10, 0, 0, 9);
        Assert.Equal(DnsQueryState.Resolved, _query.State);
        Assert.Equal(IpAddress.FromIpv4(0x0A000009), _query.AddressAt(0));
        Assert.Equal(1, _query.AddressCount);
        Assert.Same(_query, Assert.Single(_completed));
        AssertNothingHeld();
    }

    [Fact]
    public void Start_AskedAgain_AnswersFromTheCacheUntilItExpires()
    {
        Start("www.example");
        AnswerAddress(300, 10, 0, 0, 9);
        DnsQuery again = new();
        _resolver.Start(again, "WWW.example."u8, DnsRecordType.A, (300 * Second) - 1);
        Assert.Equal(DnsQueryState.Resolved, again.State);
        Assert.Equal(IpAddress.FromIpv4(0x0A000009), again.AddressAt(0));
        Assert.Single(_sent);
        _resolver.Start(again, "www.example"u8, DnsRecordType.Aaaa, 0);
        Assert.Equal(DnsQueryState.Pending, again.State);
        _resolver.Cancel(again);
        _resolver.Start(again, "www.example"u8, DnsRecordType.A, 300 * Second);
        Assert.Equal(DnsQueryState.Pending, again.State);
    }

    [Theory]
    [InlineData(uint.MaxValue / 2, 86_400ul)]
    [InlineData(0u, 0ul)]
    public void Start_OddTimeToLive_IsKeptNoLongerThanADay(uint ttl, ulong keptSeconds)
    {
        Start("www.example");
        AnswerAddress(ttl, 10, 0, 0, 9);
        _resolver.Start(_query, "www.example"u8, DnsRecordType.A, keptSeconds * Second);
        Assert.Equal(DnsQueryState.Pending, _query.State);
    }

    [Fact]
    public void Poll_NoAnswer_AsksServersInTurnWithNewPortsAndNumbers()
    {
        Start("www.example");
        List<ulong> times = [0];
        for (ulong now = _resolver.NextDeadlineNs; now != ulong.MaxValue; now = _resolver.Poll(now))
        {
            times.Add(now);
        }

        Assert.Equal([0, 1, 2, 4, 6, 10, 14], times.Select(time => time / Second));
        Assert.Equal([s_first, s_second, s_first, s_second, s_first, s_second], _sent.Select(sent => sent.Server));
        Assert.Equal(6, _sent.Select(sent => sent.Port).Distinct().Count());
        Assert.Equal(6, _sent.Select(sent => (sent.Message[0], sent.Message[1])).Distinct().Count());
        Assert.Equal(DnsQueryState.TimedOut, _query.State);
        Assert.Single(_completed);
        AssertNothingHeld();
    }

    [Fact]
    public void HandleDatagram_NotTheAnswer_IsIgnored()
    {
        Start("www.example");
        byte[] query = _sent[0].Message;
        byte[] good = Address(query, 300, [10, 0, 0, 9]);
        Deliver(good, from: s_second);
        Deliver(good, from: new IpEndpoint(s_first.Address, 54));
        _resolver.HandleDatagram((ushort)(_sent[0].Port ^ 1), s_first, good, 0);
        Deliver(Changed(good, 1)); // number
        Deliver(Changed(good, 2, 0x80)); // not a response
        Deliver(Changed(good, 2, 0x10)); // another opcode
        Deliver(Changed(good, 14)); // another question
        Deliver([]);
        Assert.Equal(DnsQueryState.Pending, _query.State);
        Assert.Single(_sent);
        Deliver(good);
        Assert.Equal(DnsQueryState.Resolved, _query.State);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void HandleDatagram_ServerFails_NextIsAskedAtOnce(int code)
    {
        Start("www.example");
        for (int attempt = 0; attempt < 6; attempt++)
        {
            Assert.Equal(attempt + 1, _sent.Count);
            Assert.Equal(DnsQueryState.Pending, _query.State);
            Deliver(DnsMessageBuilder.ResponseTo(_sent[^1].Message, code).Build(), from: _sent[^1].Server);
        }

        Assert.Equal(DnsQueryState.ServerFailed, _query.State);
        AssertNothingHeld();
    }

    [Fact]
    public void HandleDatagram_ServerWithoutEdns_IsAskedWithoutIt()
    {
        Start("www.example");
        Assert.Equal(1, _sent[0].Message[11]);
        Deliver([.. _sent[0].Message[..2], 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Equal(s_first, _sent[1].Server);
        Assert.Equal(0, _sent[1].Message[11]);
        AnswerAddress(1, 10, 0, 0, 9);
        Assert.Equal(DnsQueryState.Resolved, _query.State);
    }

    [Theory]
    [InlineData("host", new[] { "host.a.example", "host.b.example", "host" })]
    [InlineData("host.x", new[] { "host.x", "host.x.a.example", "host.x.b.example" })]
    [InlineData("host.x.", new[] { "host.x" })]
    public void Start_SearchList_IsTriedInOrder(string name, string[] expected)
    {
        Assert.True(_resolver.TryAddSearchDomain("a.example"u8));
        Assert.True(_resolver.TryAddSearchDomain("b.example."u8));
        Start(name);
        for (int index = 0; index < expected.Length; index++)
        {
            Assert.Equal(DnsQueryState.Pending, _query.State);
            Assert.Equal(expected[index], NameOf(_sent[index].Message));
            Deliver(DnsMessageBuilder.ResponseTo(_sent[^1].Message, code: 3).Build());
        }

        Assert.Equal(DnsQueryState.NoSuchName, _query.State);
        Assert.Equal(expected.Length, _sent.Count);
    }

    [Fact]
    public void Start_OneCandidateExistsWithoutData_IsNoData()
    {
        _resolver.TryAddSearchDomain("example"u8);
        Start("host");
        Deliver(DnsMessageBuilder.ResponseTo(_sent[^1].Message).Build());
        Deliver(DnsMessageBuilder.ResponseTo(_sent[^1].Message, code: 3).Build());
        Assert.Equal(DnsQueryState.NoData, _query.State);
    }

    [Fact]
    public void Start_AbsenceKnown_IsAnsweredFromTheCache()
    {
        Start("no.example");
        Deliver(DnsMessageBuilder.ResponseTo(_sent[^1].Message, code: 3)
            .Authority(DnsMessageBuilder.Name("example"), DnsRecordType.Soa, 9999, DnsMessageBuilder.Soa(9999))
            .Build());
        Assert.Equal(DnsQueryState.NoSuchName, _query.State);
        _resolver.Start(_query, "no.example"u8, DnsRecordType.A, (300 * Second) - 1);
        Assert.Equal(DnsQueryState.NoSuchName, _query.State);
        _resolver.Start(_query, "no.example"u8, DnsRecordType.A, 300 * Second);
        Assert.Equal(DnsQueryState.Pending, _query.State);
    }

    [Fact]
    public void HandleDatagram_AliasWithoutAddress_IsAskedForNext()
    {
        Start("www.example");
        Deliver(DnsMessageBuilder.ResponseTo(_sent[^1].Message)
            .Answer(s_pointer, DnsRecordType.CName, 50, DnsMessageBuilder.Name("real.example")).Build());
        Assert.Equal("real.example", NameOf(_sent[1].Message));
        AnswerAddress(300, 10, 0, 0, 9);
        Assert.Equal(DnsQueryState.Resolved, _query.State);
        _resolver.Start(_query, "www.example"u8, DnsRecordType.A, (50 * Second) - 1);
        Assert.Equal(DnsQueryState.Resolved, _query.State);
        _resolver.Start(_query, "www.example"u8, DnsRecordType.A, 50 * Second);
        Assert.Equal(DnsQueryState.Pending, _query.State);
    }

    [Fact]
    public void HandleDatagram_EndlessAliases_AreGivenUp()
    {
        Start("x0.example");
        for (int step = 1; step <= DnsAnswer.MaximumAliases + 1; step++)
        {
            Assert.Equal(DnsQueryState.Pending, _query.State);
            Deliver(DnsMessageBuilder.ResponseTo(_sent[^1].Message)
                .Answer(s_pointer, DnsRecordType.CName, 50, DnsMessageBuilder.Name($"x{step}.example")).Build());
        }

        Assert.Equal(DnsQueryState.ServerFailed, _query.State);
        AssertNothingHeld();
    }

    [Fact]
    public void HandleDatagram_Truncated_IsAskedAgainOverTcp()
    {
        Start("www.example");
        Deliver(DnsMessageBuilder.ResponseTo(_sent[^1].Message).Set(2, 0x83).Build());
        int stream = Assert.Single(_streams);
        Assert.Empty(_ports);
        _resolver.HandleStreamOpened(stream, 0);
        byte[] query = Assert.Single(_streamSent);
        Assert.Equal(query.Length - 2, (query[0] << 8) | query[1]);
        byte[] answer = Address(query[2..], 300, [10, 0, 0, 9]);
        byte[] framed = [(byte)(answer.Length >> 8), (byte)answer.Length, .. answer];
        foreach (byte value in framed)
        {
            Assert.Equal(DnsQueryState.Pending, _query.State);
            _resolver.HandleStreamData(stream, [value], 0);
        }

        Assert.Equal(DnsQueryState.Resolved, _query.State);
        AssertNothingHeld();
    }

    [Theory]
    [InlineData("closed")]
    [InlineData("refused")]
    [InlineData("too long")]
    [InlineData("nonsense")]
    [InlineData("silent")]
    [InlineData("no memory")]
    public void HandleStream_Fails_NextServerIsAsked(string how)
    {
        _isStreamPossible = how != "refused";
        Start("www.example");
        Deliver(DnsMessageBuilder.ResponseTo(_sent[^1].Message).Set(2, 0x83).Build());
        _resolver.HandleStreamOpened(0, 0);
        switch (how)
        {
            case "closed":
                _resolver.HandleStreamClosed(0, 0);
                _streams.Clear();
                break;
            case "too long":
                _resolver.HandleStreamData(0, [0xFF, 0xFF], 0);
                break;
            case "nonsense":
                _resolver.HandleStreamData(0, [0, 1, 9], 0);
                break;
            case "silent":
                _resolver.Poll(5 * Second);
                break;
            case "no memory":
                _buffers.LimitBytes = 0;
                _resolver.HandleStreamData(0, [0], 0);
                break;
            default:
                break;
        }

        Assert.Equal(2, _sent.Count);
        Assert.Equal(s_second, _sent[1].Server);
        Assert.Empty(_streams);
        Assert.Equal(0, _buffers.OutstandingBytes);
    }

    [Fact]
    public void Start_NoName_IsToldAtOnce()
    {
        _resolver.Start(_query, "a..b"u8, DnsRecordType.A, 0);
        Assert.Equal(DnsQueryState.InvalidName, _query.State);
        Assert.Empty(_sent);
        Assert.Empty(_completed);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("a.LOCALHOST.", true)]
    [InlineData("notlocalhost", false)]
    public void Start_Localhost_IsThisMachine(string name, bool expected)
    {
        Start(name);
        Assert.Equal(expected ? DnsQueryState.Resolved : DnsQueryState.Pending, _query.State);
        _resolver.Cancel(_query);
        _resolver.Start(_query, Encoding.ASCII.GetBytes(name), DnsRecordType.Aaaa, 0);
        Assert.Equal(expected, _query.State == DnsQueryState.Resolved && _query.AddressAt(0).IsLoopback);
    }

    [Fact]
    public void Start_WithoutServersOrTooMany_IsToldAtOnce()
    {
        DnsQuery[] queries = [.. Enumerable.Range(0, DnsResolver.MaximumQueries).Select(_ => new DnsQuery())];
        foreach (DnsQuery query in queries)
        {
            _resolver.Start(query, "www.example"u8, DnsRecordType.A, 0);
        }

        Start("www.example");
        Assert.Equal(DnsQueryState.Busy, _query.State);
        Assert.Equal(DnsResolver.MaximumQueries, _ports.Count);
        _resolver.SetServers([]);
        _resolver.Poll(60 * Second);
        Assert.All(queries, query => Assert.Equal(DnsQueryState.ServerFailed, query.State));
        Start("www.example");
        Assert.Equal(DnsQueryState.ServerFailed, _query.State);
        AssertNothingHeld();
    }

    [Fact]
    public void Cancel_Pending_HoldsNothingAndTellsNothing()
    {
        Start("www.example");
        _resolver.Cancel(_query);
        Assert.Equal(DnsQueryState.Idle, _query.State);
        Assert.Empty(_completed);
        AssertNothingHeld();
        Assert.Equal(ulong.MaxValue, _resolver.Poll(60 * Second));
    }

    [Fact]
    public void Resolver_HostileAnswers_AlwaysComesToAnEnd() =>
        TestSeed.ForEach(3_000, 100_000, random =>
        {
            _sent.Clear();
            Start("www.example");
            for (int step = 0; step < 100 && _query.State == DnsQueryState.Pending; step++)
            {
                byte[] query = _sent[^1].Message;
                byte flags = random.Next(2) == 0 ? (byte)0x81 : (byte)0x83;
                byte[] answer = random.Next(3) == 0
                    ? DnsMessageBuilder.ResponseTo(query, random.Next(7)).Set(2, flags).Build()
                    : DnsMessageBuilder.ResponseTo(query)
                        .Answer(s_pointer, DnsRecordType.CName, 0, DnsMessageBuilder.Name($"y{step}.example")).Build();
                Deliver(ByteMutator.Mutate(answer, random), from: _sent[^1].Server);
                foreach (int stream in _streams.ToArray())
                {
                    _resolver.HandleStreamOpened(stream, 0);
                    _resolver.HandleStreamData(stream, ByteMutator.Noise(random, 50), 0);
                }

                _resolver.Poll(_resolver.NextDeadlineNs);
            }

            Assert.NotEqual(DnsQueryState.Pending, _query.State);
            AssertNothingHeld();
            _resolver.SetServers([s_first, s_second]);
        });

    bool IDnsTransport.TryOpenPort(ushort port) => _ports.Add(port);

    void IDnsTransport.ClosePort(ushort port) => Assert.True(_ports.Remove(port));

    void IDnsTransport.SendDatagram(ushort port, IpEndpoint server, ReadOnlySpan<byte> message)
    {
        Assert.Contains(port, _ports);
        _sent.Add((port, server, message.ToArray()));
    }

    bool IDnsTransport.TryOpenStream(int stream, IpEndpoint server) => _isStreamPossible && _streams.Add(stream);

    bool IDnsTransport.TrySendStream(int stream, ReadOnlySpan<byte> message)
    {
        _streamSent.Add(message.ToArray());
        return true;
    }

    void IDnsTransport.CloseStream(int stream) => Assert.True(_streams.Remove(stream));

    void IDnsTransport.OnCompleted(DnsQuery query) => _completed.Add(query);

    private static byte[] Address(byte[] query, uint ttl, byte[] address) =>
        DnsMessageBuilder.ResponseTo(query).Answer(s_pointer, DnsRecordType.A, ttl, address).Build();

    private static byte[] Changed(byte[] bytes, int at, byte bits = 1)
    {
        byte[] copy = [.. bytes];
        copy[at] ^= bits;
        return copy;
    }

    private static string NameOf(byte[] query)
    {
        List<string> labels = [];
        for (int at = 12; query[at] != 0; at += 1 + query[at])
        {
            labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
        }

        return string.Join('.', labels);
    }

    private void Start(string name) => _resolver.Start(_query, Encoding.ASCII.GetBytes(name), DnsRecordType.A, 0);

    private void Deliver(byte[] message, IpEndpoint? from = null) =>
        _resolver.HandleDatagram(_sent[^1].Port, from ?? s_first, message, 0);

    private void AnswerAddress(uint ttl, params byte[] address) => Deliver(Address(_sent[^1].Message, ttl, address));

    private void AssertNothingHeld()
    {
        Assert.Empty(_ports);
        Assert.Empty(_streams);
        Assert.Equal(0, _buffers.OutstandingBytes);
    }
}
