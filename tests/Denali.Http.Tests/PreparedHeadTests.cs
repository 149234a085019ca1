// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Denali.Http.Tests;

/// <summary>What is kept of heads: the second answer is the first one, and a file that has changed has a new one.
/// </summary>
public sealed class PreparedHeadTests
{
    [Theory]
    [InlineData("GET /a.txt")]
    [InlineData("HEAD /a.txt")]
    [InlineData("GET /empty.txt")]
    [InlineData("GET /sub/")]
    [InlineData("GET /coded.js", "Accept-Encoding: br\r\n")]
    [InlineData("GET /coded.js", "Accept-Encoding: gzip\r\n")]
    public void Answer_Again_IsTheSame(string line, string fields = "")
    {
        var server = new TestServer(TestServer.Site());

        byte[] first = Ask(server, line, fields);
        byte[] second = Ask(server, line, fields);

        Assert.Equal(first, second);
        Assert.Equal(0, server.Store.OpenCount);
    }

    [Fact]
    public void Answer_OtherCodings_AreToldApart()
    {
        var server = new TestServer(TestServer.Site());
        string[] fields = ["Accept-Encoding: br\r\n", "", "Accept-Encoding: gzip\r\n", "Accept-Encoding: br\r\n"];

        IEnumerable<Answer> answers = fields.Select(field => Parse(Ask(server, "GET /coded.js", field)));

        string[] codings = [.. answers.Select(answer => answer.Fields.GetValueOrDefault("Content-Encoding", ""))];

        Assert.Equal(["br", "", "gzip", "br"], codings);
    }

    [Fact]
    public void Answer_FileThatHasChanged_IsWrittenAnew()
    {
        var server = new TestServer(TestServer.Site());
        Answer before = Parse(Ask(server, "GET /a.txt"));
        server.Store.Add("/a.txt", "new", modified: 1_000_000_001);

        Answer after = Parse(Ask(server, "GET /a.txt"));

        Assert.Equal("new", after.Text);
        Assert.NotEqual(before["ETag"], after["ETag"]);
        Assert.NotEqual(before["Last-Modified"], after["Last-Modified"]);
    }

    [Fact]
    public void Answer_SiblingThatHasGone_SaysThatThereIsNoChoice()
    {
        var store = new MemoryStore().Add("/a.js", "x");
        var server = new TestServer(store);
        Assert.DoesNotContain("Vary", Parse(Ask(server, "GET /a.js")).Fields.Keys);
        store.Add("/a.js.gz", "y");

        Assert.Equal("Accept-Encoding", Parse(Ask(server, "GET /a.js"))["Vary"]);
    }

    [Fact]
    public void Answer_ManyPathsThatShareAPlace_AreTheirOwn()
    {
        var store = new MemoryStore();
        string[] types = ["css", "html", "png", "txt"];
        for (int i = 0; i < 1000; i++)
        {
            store.Add($"/{i}.{types[i % 4]}", new string('x', i));
        }

        var server = new TestServer(store);
        for (int round = 0; round < 2; round++)
        {
            for (int i = 0; i < 1000; i++)
            {
                Answer answer = Parse(Ask(server, $"GET /{i}.{types[i % 4]}"));
                Assert.Equal(i, answer.Text.Length);
                Assert.EndsWith((i % 4) switch { 0 => "css", 1 => "html", 2 => "png", _ => "plain" },
                    answer["Content-Type"], StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Answer_LongPath_IsNotKeptAndRight()
    {
        string path = "/" + new string('a', 600) + ".css";
        var server = new TestServer(new MemoryStore().Add(path, "x"));

        Assert.Equal("text/css", Parse(Ask(server, "GET " + path))["Content-Type"]);
        Assert.Equal("text/css", Parse(Ask(server, "GET " + path))["Content-Type"]);
    }

    [Fact]
    public void Answer_WithARangeOrACondition_IsNotTheWhole()
    {
        var server = new TestServer(TestServer.Site());
        string tag = Parse(Ask(server, "GET /a.txt"))["ETag"];

        Assert.Equal(206, Parse(Ask(server, "GET /a.txt", "Range: bytes=0-1\r\n")).Status);
        Assert.Equal(304, Parse(Ask(server, "GET /a.txt", $"If-None-Match: {tag}\r\n")).Status);
        Assert.Equal(412, Parse(Ask(server, "GET /a.txt", "If-Match: \"x\"\r\n")).Status);
        Assert.Equal(
            304, Parse(Ask(server, "GET /a.txt", "If-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT\r\n")).Status);
        Assert.Equal(
            412, Parse(Ask(server, "GET /a.txt", "If-Unmodified-Since: Sun, 09 Sep 2001 01:46:39 GMT\r\n")).Status);
    }

    private static Answer Parse(byte[] bytes) => Answer.Parse(bytes, isHead: false);

    private static byte[] Ask(TestServer server, string line, string fields = "")
    {
        int before = server.Transport.Sent.Length;
        server.Send($"{line} HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        return [.. server.Transport.Sent.Skip(before)];
    }
}
