// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using System.Text;
using CsCheck;
using Denali.Hardware.Tests;
using Xunit;

namespace Denali.Http.Tests;

/// <summary>RFC 9112: what is a request, what is not yet one, and what never will be.</summary>
public sealed class RequestParserTests
{
    private const string Good = "GET /a?b HTTP/1.1\r\nHost: example\r\nUser-Agent:  test \r\n\r\n";

    [Fact]
    public void Parse_WholeHead_FindsItsPieces()
    {
        byte[] data = Bytes(Good + "rest");

        Assert.Equal(ParseOutcome.Complete, RequestParser.Parse(data, out RequestHead head));
        Assert.Equal(Good.Length, head.LengthBytes);
        Assert.Equal(HttpMethod.Get, head.Method);
        Assert.Equal("/a?b"u8, head.Target.Of(data));
        Assert.Equal("example"u8, head.Host.Of(data));
        Assert.Equal("test"u8, head.UserAgent.Of(data));
        Assert.False(head.IsLast);
        Assert.False(head.Range.IsPresent);
    }

    [Fact]
    public void Parse_EveryPrefix_IsIncomplete()
    {
        for (int length = 0; length < Good.Length; length++)
        {
            Assert.Equal(ParseOutcome.Incomplete, RequestParser.Parse(Bytes(Good[..length]), out _));
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.0\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", true)]
    [InlineData("GET / HTTP/1.1\r\nHost:\r\n\r\n", false)]
    [InlineData("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", false)]
    [InlineData("GET / HTTP/1.9\r\nHost: a\r\n\r\n", false)]
    [InlineData("GET http://a/ HTTP/1.1\r\nhOsT: a\r\n\r\n", false)]
    public void Parse_Connection_TellsWhetherItIsTheLast(string text, bool isLast)
    {
        Assert.Equal(ParseOutcome.Complete, RequestParser.Parse(Bytes(text), out RequestHead head));
        Assert.Equal(isLast, head.IsLast);
        Assert.Equal(text.Length, head.LengthBytes);
    }

    [Theory]
    [InlineData("GET  / HTTP/1.1\r\n", 400)] // two spaces
    [InlineData("GET / HTTP/1.1 \r\n", 400)]
    [InlineData("GET /\r\n", 400)] // HTTP/0.9
    [InlineData("G(T / HTTP/1.1\r\n", 400)]
    [InlineData(" GET / HTTP/1.1\r\n", 400)]
    [InlineData("GET /\x01 HTTP/1.1\r\n", 400)]
    [InlineData("GET /# HTTP/1.1\r\n", 400)]
    [InlineData("GET / HTTP/2.0\r\n", 505)]
    [InlineData("GET / HTTP/0.9\r\n", 505)]
    [InlineData("GET / http/1.1\r\n", 400)]
    [InlineData("GET / HTTP/11\r\n", 400)]
    [InlineData("GET / HTTP/1.1\n", 400)] // a bare line feed
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)] // no Host
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nNothing\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: y\nZ: w\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \vchunked\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 501)]
    [InlineData("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nExpect: more\r\n\r\n", 417)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\nRange: bytes=0-1\r\n\r\n", 400)]
    [InlineData("\x16\x03\x01", 400)] // a TLS client
    [InlineData("\r\n\r\n\r\n", 400)]
    public void Parse_Malformed_SaysWhatToAnswer(string text, int status)
    {
        Assert.Equal(ParseOutcome.Bad, RequestParser.Parse(Bytes(text), out RequestHead head));
        Assert.Equal(status, (int)head.Error);
        Assert.True(head.IsLast);
    }

    [Fact]
    public void Parse_TooLarge_IsRefusedBeforeItsEnd()
    {
        string line = "GET /" + new string('a', HttpLimits.RequestLineBytesMax);
        string field = "GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('a', HttpLimits.HeadBytesMax);
        string many = "GET / HTTP/1.1\r\nHost: a\r\n"
            + string.Concat(Enumerable.Repeat("X: y\r\n", HttpLimits.FieldCountMax));

        Assert.Equal(414, StatusOf(line));
        Assert.Equal(431, StatusOf(field));
        Assert.Equal(431, StatusOf(many + "\r\n"));
        Assert.Equal(0, StatusOf(many.Replace("X: y\r\nX", "X", StringComparison.Ordinal)[..^6] + "\r\n"));
    }

    [Fact]
    public void Parse_LargestRequestLine_IsTaken()
    {
        const string End = " HTTP/1.1\r\n";
        string line = "GET /" + new string('a', HttpLimits.RequestLineBytesMax - 5 - End.Length) + End;

        Assert.Equal(0, StatusOf(line + "Host: a\r\n\r\n"));
        Assert.Equal(414, StatusOf(line.Replace("/a", "/aa", StringComparison.Ordinal) + "Host: a\r\n\r\n"));
    }

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void Parse_AnyBytes_StaysInBounds() =>
        Gen.Byte.Array[0, 200].Sample(
            data =>
            {
                ParseOutcome outcome = RequestParser.Parse(data, out RequestHead head);
                return outcome != ParseOutcome.Complete || head.LengthBytes <= data.Length;
            },
            iter: Iterations.Of(100_000));

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void Parse_ChangedRequest_IsStableUnderSplitting() =>
        Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Byte, Gen.Int[1, Good.Length]).Sample(
            (at, value, length) =>
            {
                byte[] data = Bytes(Good);
                data[at] = value;
                ParseOutcome whole = RequestParser.Parse(data, out _);
                ParseOutcome part = RequestParser.Parse(data.AsSpan(0, length), out _);

                // A part may be undecided, but never decided otherwise.
                return part == ParseOutcome.Incomplete || part == whole;
            },
            iter: Iterations.Of(100_000));

    private static int StatusOf(string text)
    {
        _ = RequestParser.Parse(Bytes(text), out RequestHead head);
        return (int)head.Error;
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
