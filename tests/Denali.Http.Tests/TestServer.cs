// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http.Tests;

/// <summary>A server with one connection, and its client.</summary>
internal sealed class TestServer
{
    public const long Now = 1_700_000_000; // Tue, 14 Nov 2023 22:13:20 GMT

    public TestServer(MemoryStore store)
    {
        Store = store;
        Server = new HttpServer(new StaticSite(store), null) { UnixSeconds = Now };
        Transport = new MemoryTransport(store);
        Connection.Start(NowNs);
    }

    public MemoryStore Store { get; }

    public HttpServer Server { get; }

    public MemoryTransport Transport { get; }

    public HttpConnection Connection { get; } = new();

    public ulong NowNs { get; set; } = 1000;

    /// <summary>A small site.</summary>
    public static MemoryStore Site() => new MemoryStore()
        .Add("/index.html", "<h1>Home</h1>")
        .Add("/a.txt", "0123456789")
        .Add("/empty.txt", "")
        .Add("/sub/index.html", "sub")
        .Add("/sub/with space & more.txt", "odd")
        .Add("/bare/file.css", "x{}")
        .Add("/coded.js", "plain script")
        .Add("/coded.js.gz", "gzipped")
        .Add("/coded.js.br", "brotli");

    /// <summary>Sends a request and returns everything that came back, from a server of its own.</summary>
    public static Answer Ask(string request)
    {
        var server = new TestServer(Site());
        server.Send(request);
        return Answer.Parse(server.Transport.Sent, isHead: request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    /// <summary>Asks for a path with some fields.</summary>
    public static Answer Get(string path, params string[] fields) =>
        Ask($"GET {path} HTTP/1.1\r\nHost: a\r\n{string.Concat(Array.ConvertAll(fields, f => f + "\r\n"))}\r\n");

    public void Send(string text)
    {
        Transport.Receive(text);
        Run();
    }

    public void Run()
    {
        while (Connection.Run(Server, Transport, NowNs))
        {
        }
    }
}
