// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Denali.Net.Tcp;
using Denali.Net.Tests.Dns;
using Xunit;

namespace Denali.Net.Tests.Stack;

/// <summary>Names between whole stacks: one asks, the other is a name server that does what the test wants.</summary>
public sealed class DnsServiceTests : IDnsEvents
{
    private const ulong Second = 1_000_000_000;

    private static readonly byte[] s_pointer = [0xC0, 12];

    private readonly TestLan _lan = new();
    private readonly TestHost _client;
    private readonly TestHost _server;
    private readonly UdpSocket _datagrams;
    private readonly TcpListener _listener;
    private readonly List<DnsQuery> _completed = [];
    private readonly List<IpEndpoint> _askers = [];
    private readonly DnsQuery _query = new();

    public DnsServiceTests()
    {
        _client = _lan.Add(1);
        _server = _lan.Add(2);
        _datagrams = _server.OpenUdp(DnsService.ServerPort);
        _listener = _server.Stack.Tcp.Listen(
            new IpEndpoint(IpAddress.Ipv4Any, DnsService.ServerPort), 8, out NetError error)!;
        Assert.Equal(NetError.None, error);
        _client.Stack.Dns.Events = this;
        _client.Stack.Dns.SetServers([new IpEndpoint(_server.Address4, DnsService.ServerPort)]);
    }

    void IDnsEvents.OnCompleted(DnsQuery query) => _completed.Add(query);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Start_ServerAnswers_GivesTheAddress(bool isIpv4)
    {
        if (!isIpv4)
        {
            _client.Stack.Dns.SetServers([new IpEndpoint(_server.Address6, DnsService.ServerPort)]);
        }

        Start("www.example");
        Serve(query => WithAddress(query, 9));

        AssertResolvedTo(9);
        AssertNothingHeld();
    }

    [Fact]
    public void Start_QuestionLost_AsksAgainFromAnotherPort()
    {
        Start("www.example");
        Assert.Single(TakeQuestions());
        _lan.Advance(DnsResolver.FirstTimeoutNs - 1);
        Assert.Empty(TakeQuestions());
        _lan.Advance(1);
        Serve(query => WithAddress(query, 9));

        AssertResolvedTo(9);
        Assert.Equal(2, _askers.Distinct().Count());
        AssertNothingHeld();
    }

    [Theory]
    [InlineData(9, 1)]
    [InlineData(9, 100)]
    public void Start_AnswerTruncated_ComesOverTcp(byte last, int pieceBytes)
    {
        Start("www.example");
        Serve(query => DnsMessageBuilder.ResponseTo(query).Set(2, 0x83).Build());
        Assert.Equal(DnsQueryState.Pending, _query.State);

        TcpConnection connection = _listener.Accept()!;
        connection.NoDelay = true;
        byte[] received = new byte[512];
        int length = connection.Receive(received);
        Assert.Equal(length - 2, BinaryPrimitives.ReadUInt16BigEndian(received));
        byte[] answer = WithAddress(received[2..length], last);
        byte[] stream = [0, (byte)answer.Length, .. answer];
        foreach (byte[] piece in stream.Chunk(pieceBytes))
        {
            Assert.Equal(piece.Length, connection.Send(piece));
            _lan.Settle();
        }

        AssertResolvedTo(last);
        Assert.True(connection.IsReceiveEnded);
        connection.Release();
        AssertNothingHeld();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Start_TcpFails_AsksAgain(bool isReset)
    {
        Start("www.example");
        Serve(query => DnsMessageBuilder.ResponseTo(query).Set(2, 0x83).Build());
        TcpConnection connection = _listener.Accept()!;
        connection.Consume(connection.ReadableBytes);
        if (isReset)
        {
            connection.Abort();
        }

        connection.Release();
        _lan.Settle();
        Serve(query => WithAddress(query, 9));

        AssertResolvedTo(9);
        AssertNothingHeld();
    }

    [Fact]
    public void Start_TcpRefused_EndsWithoutAnAnswer()
    {
        _listener.Close();
        Start("www.example");
        for (int attempt = 0; attempt < DnsResolver.Rounds; attempt++)
        {
            Serve(query => DnsMessageBuilder.ResponseTo(query).Set(2, 0x83).Build());
        }

        Assert.True(_query.State is DnsQueryState.TimedOut or DnsQueryState.ServerFailed, $"it is {_query.State}");
        Assert.Same(_query, Assert.Single(_completed));
        AssertNothingHeld();
    }

    [Fact]
    public void Start_NoSuchName_SaysSo()
    {
        Start("www.example");
        Serve(query => DnsMessageBuilder.ResponseTo(query, code: 3).Build());

        Assert.Equal(DnsQueryState.NoSuchName, _query.State);
        Assert.Same(_query, Assert.Single(_completed));
        AssertNothingHeld();
    }

    [Fact]
    public void Start_NobodyAnswers_TimesOut()
    {
        Start("www.example");
        _lan.Advance((7 * Second) - 1);
        Assert.Equal(DnsQueryState.Pending, _query.State);
        _lan.Advance(1);

        Assert.Equal(DnsQueryState.TimedOut, _query.State);
        Assert.Equal(DnsResolver.Rounds, TakeQuestions().Count);
        Assert.Same(_query, Assert.Single(_completed));
        AssertNothingHeld();
    }

    [Fact]
    public void Start_AnswersOfStrangers_AreIgnored()
    {
        TestHost stranger = _lan.Add(3);
        UdpSocket socket = stranger.OpenUdp(DnsService.ServerPort);
        Start("www.example");
        (byte[] question, IpEndpoint asker) = Assert.Single(TakeQuestions());
        socket.Send(WithAddress(question, 66), asker);
        _lan.Settle();
        Assert.Equal(DnsQueryState.Pending, _query.State);
        _datagrams.Send(new byte[4000], asker);
        _datagrams.Send(WithAddress(question, 9), asker);
        _lan.Settle();

        AssertResolvedTo(9);
    }

    [Fact]
    public void Start_AllQueriesPending_EachGetsItsOwnAnswer()
    {
        // Of what is sent to a neighbour whose address is not known yet, only the newest waits.
        UdpSocket other = _client.OpenUdp();
        other.Send([1], new IpEndpoint(_server.Address4, 9));
        other.Close();
        _lan.Settle();
        DnsQuery[] queries = [.. Enumerable.Range(0, DnsResolver.MaximumQueries).Select(_ => new DnsQuery())];
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < queries.Length; i++)
            {
                string name = $"h{i}.r{round}.example";
                _client.Stack.Dns.Start(queries[i], Encoding.ASCII.GetBytes(name), DnsRecordType.A, _lan.NowNs);
            }

            Start("one.more");
            Assert.Equal(DnsQueryState.Busy, _query.State);
            Assert.Equal(queries.Length, _client.Stack.Udp.SocketCount);
            Serve(query => WithAddress(query, byte.Parse(query.AsSpan(14, query[12] - 1), null)));
            Assert.Equal(
                Enumerable.Range(0, queries.Length).Select(i => TestHost.Ipv4((byte)i)),
                queries.Select(query => query.AddressAt(0)));
            AssertNothingHeld();
        }
    }

    [Fact]
    public void Cancel_Pending_HoldsNothingAndTellsNobody()
    {
        Start("www.example");
        _client.Stack.Dns.Cancel(_query);
        _lan.Advance(10 * Second);

        Assert.Empty(_completed);
        AssertNothingHeld();
    }

    private static byte[] WithAddress(byte[] query, byte last) =>
        DnsMessageBuilder.ResponseTo(query).Answer(s_pointer, DnsRecordType.A, 60, [10, 0, 0, last]).Build();

    private void Start(string name)
    {
        _client.Stack.SetTime(_lan.NowNs);
        _client.Stack.Dns.Start(_query, Encoding.ASCII.GetBytes(name), DnsRecordType.A, _lan.NowNs);
        _lan.Settle();
    }

    private List<(byte[] Question, IpEndpoint Asker)> TakeQuestions()
    {
        List<(byte[] Question, IpEndpoint Asker)> questions = [];
        byte[] buffer = new byte[512];
        while (_datagrams.TryReceive(buffer, isPeek: false, out UdpDatagram datagram))
        {
            questions.Add((buffer[..datagram.LengthBytes], datagram.Source));
            _askers.Add(datagram.Source);
        }

        return questions;
    }

    private void Serve(Func<byte[], byte[]> answer)
    {
        foreach ((byte[] question, IpEndpoint asker) in TakeQuestions())
        {
            _datagrams.Send(answer(question), asker);
        }

        _lan.Settle();
    }

    private void AssertResolvedTo(byte last)
    {
        Assert.Equal(DnsQueryState.Resolved, _query.State);
        Assert.Equal(1, _query.AddressCount);
        Assert.Equal(TestHost.Ipv4(last), _query.AddressAt(0));
        Assert.Same(_query, Assert.Single(_completed));
    }

    private void AssertNothingHeld()
    {
        Assert.Equal(0, _client.Stack.Udp.SocketCount);
        _lan.Advance(200 * Second);
        Assert.Equal(0, _client.Stack.Tcp.ConnectionCount);
        Assert.Equal(0, _client.Buffers.OutstandingBytes);
    }
}
