// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using CsCheck;
using Denali.Hardware.Tests;
using Xunit;

namespace Denali.Http.Tests;

/// <summary>Connections: many requests, little room, slow and hostile clients.</summary>
public sealed class HttpConnectionTests
{
    private const string Request = "GET /a.txt HTTP/1.1\r\nHost: a\r\n\r\n";

    private static readonly string[] s_words =
    [
        "GET ", "/a.txt", " HTTP/1.1\r\n", "Host: a\r\n", "\r\n", "Range: bytes=", "0-1,", "Content-Length: ", "7\r\n",
        "Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "%2e", "\n", "POST /",
    ];

    [Fact]
    public void Run_Pipeline_AnswersAllInOrder()
    {
        var server = new TestServer(TestServer.Site());

        server.Send(string.Concat(Enumerable.Range(0, 100).Select(i =>
            $"GET /{(i % 2 == 0 ? "a.txt" : "none")} HTTP/1.1\r\nHost: a\r\n\r\n")));

        List<Answer> answers = Answer.ParseAll(server.Transport.Sent);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i % 2 == 0 ? 200 : 404), answers.Select(a => a.Status));
        Assert.Equal(ConnectionState.Idle, server.Connection.State);
    }

    [Fact]
    public void Run_LongPipeline_LetsOthersHaveTheirTurn()
    {
        var server = new TestServer(TestServer.Site());
        server.Transport.Receive(string.Concat(Enumerable.Repeat(Request, HttpLimits.RequestsPerTurn + 1)));

        Assert.True(server.Connection.Run(server.Server, server.Transport, 1));

        Assert.Equal(HttpLimits.RequestsPerTurn, Answer.ParseAll(server.Transport.Sent).Count);
        Assert.False(server.Connection.Run(server.Server, server.Transport, 1));
        Assert.Equal(HttpLimits.RequestsPerTurn + 1, Answer.ParseAll(server.Transport.Sent).Count);
    }

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void Run_AnyPiecesAndAnyRoom_SendTheSameBytes()
    {
        string[] requests =
        [
            Request, "GET /a.txt HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1,4-8\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
            "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: v\r\n\r\n",
            "HEAD /none HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        ];
        Gen.Select(Gen.Int[0, requests.Length - 1].Array[1, 6], Gen.Int[1, 60].Array[1, 20], Gen.Int[0, 3000]).Sample(
            (order, pieces, extraRoom) =>
            {
                string all = string.Concat(order.Select(i => requests[i]));
                var whole = new TestServer(TestServer.Site());
                whole.Send(all);
                var slow = new TestServer(TestServer.Site());
                slow.Transport.WindowBytes = HttpLimits.ResponseHeadBytesMax + extraRoom;
                int at = 0;
                for (int i = 0; at < all.Length; i++)
                {
                    int count = Math.Min(pieces[i % pieces.Length], all.Length - at);
                    slow.Send(all.Substring(at, count));
                    slow.Transport.TakeSent();
                    slow.Run();
                    at += count;
                }

                slow.Transport.TakeSent();
                slow.Run();
                return slow.Transport.SentText == whole.Transport.SentText
                    && slow.Connection.State == whole.Connection.State
                    && slow.Store.OpenCount == 0;
            },
            iter: Iterations.Of(2_000));
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 34\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "22\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n\r\n0\r\n\r\n")]
    public void Run_RequestInsideOfContent_IsNotAnswered(string text)
    {
        var server = new TestServer(TestServer.Site());

        server.Send(text.Replace("Length: 34", "Length: 33", StringComparison.Ordinal)
            .Replace("22\r\n", "21\r\n", StringComparison.Ordinal) + Request);

        Assert.Equal([405, 200], Answer.ParseAll(server.Transport.Sent).Select(answer => answer.Status));
    }

    [Theory]
    [InlineData("5\r\nabc\r\n")]
    [InlineData("\r\n")]
    [InlineData("g\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("3\nabc\r\n0\r\n\r\n")]
    [InlineData("3 x\r\r\n")]
    [InlineData("3\r\nabcd\r\n0\r\n\r\n")]
    [InlineData("ffffffffffffffffffff\r\n")]
    [InlineData("0\r\nbad\x01\r\n\r\n")]
    public void Run_MalformedChunks_EndTheConnection(string chunks)
    {
        var server = new TestServer(TestServer.Site());

        server.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + Request + Request);

        _ = Assert.Single(Answer.ParseAll(server.Transport.Sent));
        Assert.True(server.Transport.IsSendEnded || chunks.StartsWith('5'));
    }

    [Fact]
    public void Run_EndlessContent_EndsTheConnection()
    {
        var server = new TestServer(TestServer.Site());
        server.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000000\r\n\r\n");
        string piece = new('x', 100_000);
        int pieces = 0;
        while (!server.Transport.IsSendEnded && pieces < 100)
        {
            server.Send(piece);
            pieces++;
        }

        Assert.InRange(pieces, 10, 12);
        Assert.Equal(ConnectionState.Lingering, server.Connection.State);
    }

    [Fact]
    public void Run_BadRequest_AnswersAndDropsTheRest()
    {
        var server = new TestServer(TestServer.Site());

        server.Send("GARBAGE\r\n" + Request);

        Answer answer = Assert.Single(Answer.ParseAll(server.Transport.Sent));
        Assert.Equal((400, "close"), (answer.Status, answer["Connection"]));
        Assert.True(server.Transport.IsSendEnded);
        Assert.Equal(0, server.Transport.WaitingBytes);
        Assert.Equal(ConnectionState.Lingering, server.Connection.State);
        server.Transport.IsReceiveEnded = true;
        server.Run();
        Assert.Equal(ConnectionState.Closed, server.Connection.State);
    }

    [Fact]
    public void Run_ExpectContinue_AnswersAtOnceAndEnds()
    {
        var server = new TestServer(TestServer.Site());

        server.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");

        Answer answer = Assert.Single(Answer.ParseAll(server.Transport.Sent));
        Assert.Equal((405, "close"), (answer.Status, answer["Connection"]));
        Assert.True(server.Transport.IsSendEnded);
    }

    [Fact]
    public void Run_ClientThatNeverReads_StopsMakingAnswers()
    {
        var server = new TestServer(new MemoryStore().Add("/big", new byte[1_000_000]));
        server.Transport.WindowBytes = 100_000;

        server.Send(string.Concat(Enumerable.Repeat("GET /big HTTP/1.1\r\nHost: a\r\n\r\n", 50)));

        Assert.Equal(100_000, server.Transport.Sent.Length);
        Assert.Equal(1, server.Store.OpenCount);
        Assert.Equal(ConnectionState.Response, server.Connection.State);
        Assert.Equal(server.NowNs + HttpLimits.SendNs, server.Connection.DeadlineNs);
        server.Connection.OnDeadline(server.Server, server.Transport, server.Connection.DeadlineNs);
        Assert.Equal(ConnectionState.Closed, server.Connection.State);
        Assert.Equal(0, server.Store.OpenCount);
    }

    [Fact]
    public void Deadline_SlowHead_IsNotMovedByItsBytes()
    {
        var server = new TestServer(TestServer.Site());
        server.Send("GET / HTTP/1.1\r\n");
        ulong deadlineNs = server.Connection.DeadlineNs;
        server.NowNs += 5_000_000_000;

        server.Send("Host: a\r\n");

        Assert.Equal(deadlineNs, server.Connection.DeadlineNs);
        Assert.Equal(1000 + HttpLimits.HeadNs, deadlineNs);
        server.Connection.OnDeadline(server.Server, server.Transport, deadlineNs);
        Assert.Equal(408, Answer.Parse(server.Transport.Sent).Status);
        Assert.Equal(ConnectionState.Lingering, server.Connection.State);
        server.Connection.OnDeadline(server.Server, server.Transport, server.Connection.DeadlineNs);
        Assert.Equal(ConnectionState.Closed, server.Connection.State);
    }

    [Fact]
    public void Deadline_IdleConnection_ClosesWithoutAWord()
    {
        var server = new TestServer(TestServer.Site());
        server.Send(Request);
        int sent = server.Transport.Sent.Length;

        server.Connection.OnDeadline(server.Server, server.Transport, server.Connection.DeadlineNs);

        Assert.Equal(ConnectionState.Closed, server.Connection.State);
        Assert.Equal(sent, server.Transport.Sent.Length);
    }

    [Fact]
    public void Run_DiskFails_CutsTheResponseShort()
    {
        var server = new TestServer(TestServer.Site());
        server.Transport.IsDiskBroken = true;

        server.Send(Request + Request);

        Assert.Equal(ConnectionState.Closed, server.Connection.State);
        Assert.EndsWith("\r\n\r\n", server.Transport.SentText, StringComparison.Ordinal);
        Assert.Equal(0, server.Store.OpenCount);
    }

    [Fact]
    public void Run_BrokenStream_GivesEverythingBack()
    {
        var server = new TestServer(new MemoryStore().Add("/big", new byte[1_000_000]));
        server.Transport.WindowBytes = 10_000;
        server.Send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
        server.Transport.IsBroken = true;

        server.Run();

        Assert.Equal((ConnectionState.Closed, 0), (server.Connection.State, server.Store.OpenCount));
    }

    [Fact]
    public void EndSoon_InAResponse_FinishesIt()
    {
        var server = new TestServer(new MemoryStore().Add("/big", new byte[20_000]));
        server.Transport.WindowBytes = 10_000;
        server.Send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n" + Request);

        server.Connection.EndSoon(server.Transport, server.NowNs);
        for (int i = 0; i < 4; i++)
        {
            server.Transport.TakeSent();
            server.Run();
        }

        Assert.Equal(20_000, Assert.Single(Answer.ParseAll(server.Transport.Sent)).Content.Length);
        Assert.True(server.Transport.IsSendEnded);
    }

    [Fact]
    public void EndSoon_IdleConnection_EndsAtOnceAndWaitsForTheClient()
    {
        var server = new TestServer(TestServer.Site());

        server.Connection.EndSoon(server.Transport, server.NowNs);

        Assert.True(server.Transport.IsSendEnded);
        Assert.Equal(ConnectionState.Lingering, server.Connection.State);
        server.Transport.IsReceiveEnded = true;
        server.Run();
        Assert.Equal(ConnectionState.Closed, server.Connection.State);
    }

    [Fact]
    public void Run_RequestWhileEnding_IsTheLast()
    {
        var server = new TestServer(TestServer.Site());
        server.Server.IsEnding = true;

        server.Send(Request);

        Assert.Equal("close", Answer.Parse(server.Transport.Sent)["Connection"]);
        Assert.True(server.Transport.IsSendEnded);
    }

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void Run_AnyBytes_ComesToAnEnd() =>
        Gen.OneOf(
            Gen.Byte.Array[0, 300],
            Gen.Int[0, s_words.Length - 1].Array[0, 30].Select(words =>
                Encoding.Latin1.GetBytes(string.Concat(words.Select(i => s_words[i]))))).Sample(
            bytes =>
            {
                var server = new TestServer(TestServer.Site());
                server.Transport.Receive(bytes);
                server.Run();
                server.Transport.IsReceiveEnded = true;
                server.Run();
                if (server.Connection.State != ConnectionState.Closed)
                {
                    server.Connection.Close(server.Server);
                }

                // Whatever came, what went is well-formed.
                _ = Answer.ParseAll(server.Transport.Sent);
                return server.Store.OpenCount == 0;
            },
            iter: Iterations.Of(20_000));
}
