// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Xunit;

namespace Denali.Http.Tests;

/// <summary>Files as HTTP shows them.</summary>
public sealed class StaticSiteTests
{
    private const string Tag = "\"3b9aca00-a\"";
    private const string Modified = "Sun, 09 Sep 2001 01:46:40 GMT";

    [Fact]
    public void Get_File_HasItsFields()
    {
        Answer answer = TestServer.Get("/a.txt");

        Assert.Equal(200, answer.Status);
        Assert.Equal("0123456789", answer.Text);
        Assert.Equal("text/plain", answer["Content-Type"]);
        Assert.Equal(Modified, answer["Last-Modified"]);
        Assert.Equal(Tag, answer["ETag"]);
        Assert.Equal("bytes", answer["Accept-Ranges"]);
        Assert.Equal("Tue, 14 Nov 2023 22:13:20 GMT", answer["Date"]);
        Assert.Equal("keep-alive", answer["Connection"]);
    }

    [Theory]
    [InlineData("/", 200, "<h1>Home</h1>")]
    [InlineData("/sub/", 200, "sub")]
    [InlineData("/sub/./x/../index.html", 200, "sub")]
    [InlineData("/sub/with%20space%20%26%20more.txt?x", 200, "odd")]
    [InlineData("/empty.txt", 200, "")]
    [InlineData("http://other/a.txt", 200, "0123456789")]
    public void Get_Path_FindsItsFile(string path, int status, string content)
    {
        Answer answer = TestServer.Get(path);

        Assert.Equal((status, content), (answer.Status, answer.Text));
    }

    [Theory]
    [InlineData("/none", 404)]
    [InlineData("/none/", 404)]
    [InlineData("/bare/", 403)]
    [InlineData("/..", 400)]
    [InlineData("/%zz", 400)]
    [InlineData("*", 400)]
    public void Get_Nothing_IsAPageThatSaysSo(string path, int status)
    {
        Answer answer = TestServer.Get(path);

        Assert.Equal(status, answer.Status);
        Assert.Contains(status.ToString(CultureInfo.InvariantCulture), answer.Text, StringComparison.Ordinal);
        Assert.Equal("keep-alive", answer["Connection"]);
    }

    [Theory]
    [InlineData(ContentKind.Other, 403)]
    [InlineData(ContentKind.Failed, 500)]
    [InlineData(ContentKind.Busy, 503)]
    public void Get_WhatCannotBeRead_SaysWhy(object kind, int status)
    {
        MemoryStore store = TestServer.Site();
        store.Others["/x"] = (ContentKind)kind;
        var server = new TestServer(store);

        server.Send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(status, Answer.Parse(server.Transport.Sent).Status);
    }

    [Theory]
    [InlineData("/sub", "/sub/")]
    [InlineData("/sub?a=b", "/sub/?a=b")]
    [InlineData("//sub", "/sub/")]
    [InlineData("/%73ub", "/sub/")]
    public void Get_DirectoryWithoutSlash_Redirects(string path, string location)
    {
        Answer answer = TestServer.Get(path);

        Assert.Equal(301, answer.Status);
        Assert.Equal(location, answer["Location"]);
    }

    [Fact]
    public void Get_DirectoryThatLooksLikeAnotherHost_RedirectsToItself()
    {
        var server = new TestServer(new MemoryStore().Add("/\\evil.example\r\n/x", "x"));

        server.Send("GET /%5Cevil.example%0d%0a HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal("/%5Cevil.example%0D%0A/", Answer.Parse(server.Transport.Sent)["Location"]);
    }

    [Fact]
    public void Head_File_HasTheFieldsOfGetAndNoContent()
    {
        Answer head = TestServer.Ask("HEAD /a.txt HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Empty(head.Rest);
        Assert.Equal(TestServer.Get("/a.txt").Fields, head.Fields);
    }

    [Fact]
    public void Head_Nothing_HasNoContent() =>
        Assert.Empty(TestServer.Ask("HEAD /none HTTP/1.1\r\nHost: a\r\n\r\n").Rest);

    [Theory]
    [InlineData("OPTIONS /a.txt", 204)]
    [InlineData("OPTIONS *", 204)]
    [InlineData("POST /a.txt", 405)]
    [InlineData("get /a.txt", 405)]
    [InlineData("CONNECT a:1", 405)]
    public void OtherMethod_File_ListsTheMethods(string start, int status)
    {
        Answer answer = TestServer.Ask($"{start} HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal(status, answer.Status);
        Assert.Equal("GET, HEAD, OPTIONS", answer["Allow"]);
    }

    [Theory]
    [InlineData("If-None-Match: " + Tag, 304)]
    [InlineData("If-None-Match: W/" + Tag, 304)]
    [InlineData("If-None-Match: \"x,y\", " + Tag, 304)]
    [InlineData("If-None-Match: *", 304)]
    [InlineData("If-None-Match: \"x\"", 200)]
    [InlineData("If-None-Match: garbage", 200)]
    [InlineData("If-Match: " + Tag, 200)]
    [InlineData("If-Match: W/" + Tag, 412)]
    [InlineData("If-Match: \"x\"", 412)]
    [InlineData("If-Match: *", 200)]
    [InlineData("If-Modified-Since: " + Modified, 304)]
    [InlineData("If-Modified-Since: Sun, 09 Sep 2001 01:46:39 GMT", 200)]
    [InlineData("If-Modified-Since: Mon, 09 Sep 2024 01:46:39 GMT", 304)]
    [InlineData("If-Modified-Since: garbage", 200)]
    [InlineData("If-Unmodified-Since: " + Modified, 200)]
    [InlineData("If-Unmodified-Since: Sun, 09 Sep 2001 01:46:39 GMT", 412)]
    [InlineData("If-None-Match: \"x\"\r\nIf-Modified-Since: " + Modified, 200)]
    [InlineData("If-Match: \"x\"\r\nIf-None-Match: *", 412)]
    [InlineData("If-Match: *\r\nIf-Unmodified-Since: Sun, 09 Sep 2001 01:46:39 GMT", 200)]
    public void Get_Conditions_AreEvaluatedInOrder(string field, int status)
    {
        Answer answer = TestServer.Get("/a.txt", field);

        Assert.Equal(status, answer.Status);
        Assert.Equal(Tag, answer["ETag"]);
        Assert.Equal(status == 304, !answer.Fields.ContainsKey("Content-Length"));
    }

    [Theory]
    [InlineData("Range: bytes=2-4", 206, "234")]
    [InlineData("Range: bytes=-2", 206, "89")]
    [InlineData("Range: bytes=10-", 416, null)]
    [InlineData("Range: pages=1", 200, "0123456789")]
    [InlineData("Range: bytes=2-4\r\nIf-Range: " + Tag, 206, "234")]
    [InlineData("Range: bytes=2-4\r\nIf-Range: W/" + Tag, 200, "0123456789")]
    [InlineData("Range: bytes=2-4\r\nIf-Range: \"x\"", 200, "0123456789")]
    [InlineData("Range: bytes=2-4\r\nIf-Range: " + Modified, 206, "234")]
    [InlineData("Range: bytes=2-4\r\nIf-Range: Mon, 09 Sep 2024 01:46:39 GMT", 200, "0123456789")]
    [InlineData("Range: bytes=2-4\r\nIf-None-Match: " + Tag, 304, "")]
    public void Get_Range_IsSent(string field, int status, string? content)
    {
        Answer answer = TestServer.Get("/a.txt", field);

        Assert.Equal(status, answer.Status);
        Assert.Equal(content ?? answer.Text, answer.Text);
        Assert.Equal(
            status switch { 206 => $"bytes {(content == "89" ? "8-9" : "2-4")}/10", 416 => "bytes */10", _ => null },
            answer.Fields.GetValueOrDefault("Content-Range"));
    }

    [Fact]
    public void Get_SeveralRanges_AreParts()
    {
        Answer answer = TestServer.Get("/a.txt", "Range: bytes=0-1,-2,4-4");

        Assert.Equal(206, answer.Status);
        Assert.Empty(answer.Rest);
        string boundary = answer["Content-Type"].Split("boundary=")[1];
        Assert.StartsWith("multipart/byteranges; ", answer["Content-Type"], StringComparison.Ordinal);
        string[] parts = ("\r\n" + answer.Text).Split("\r\n--" + boundary);
        Assert.Equal("--\r\n", parts[^1]);
        Assert.Equal(
            ["01|bytes 0-1/10", "89|bytes 8-9/10", "4|bytes 4-4/10"],
            parts[1..^1].Select(part => part.Split("\r\n\r\n")).Select(part =>
                $"{part[1]}|{part[0].Split("Content-Range: ")[1]}"));
    }

    [Fact]
    public void Get_Anything_GivesEveryFileBack()
    {
        string[] fields =
        [
            "X: y", "Range: bytes=0-1,3-4", "Range: bytes=99-", "If-None-Match: *", "If-Match: \"x\"",
            "Accept-Encoding: br", "Accept-Encoding: gzip", "Connection: close",
        ];
        string[] paths = ["/", "/a.txt", "/empty.txt", "/coded.js", "/sub", "/sub/", "/bare/", "/none"];
        foreach (string path in paths)
        {
            foreach (string field in fields)
            {
                foreach (string method in new[] { "GET", "HEAD", "OPTIONS" })
                {
                    var server = new TestServer(TestServer.Site());
                    server.Send($"{method} {path} HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n");
                    Assert.Equal(0, server.Store.OpenCount);
                }
            }
        }
    }

    [Theory]
    [InlineData("a.html", "text/html")]
    [InlineData("A.HTM", "text/html")]
    [InlineData("/x.y/b.tar.gz", "application/gzip")]
    [InlineData("/x.html/noext", "application/octet-stream")]
    [InlineData("a.", "application/octet-stream")]
    [InlineData("a.mkv", "video/x-matroska")]
    [InlineData("a.text/html", "application/octet-stream")]
    [InlineData(".css", "text/css")]
    public void Find_Name_HasItsMediaType(string name, string type) =>
        Assert.Equal(
            type, Encoding.ASCII.GetString(MediaTypes.NameOf(MediaTypes.Find(Encoding.ASCII.GetBytes(name)))));
}
