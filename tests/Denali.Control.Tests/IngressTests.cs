// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Ingress;
using Denali.Control.Sites;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>Visitors come in over the loopback address; behind the ingress are servers that the test writes.</summary>
public sealed class IngressTests : IAsyncDisposable
{
    private readonly FakeDirectory _sites = new();
    private readonly List<IDisposable> _things = [];
    private readonly List<AccessLogEntry> _log = [];
    private IngressServer? _server;

    private static CancellationToken Patience => new CancellationTokenSource(Events.Patience).Token;

    public async ValueTask DisposeAsync()
    {
        _things.ForEach(thing => thing.Dispose());
        _sites.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Request_NamesItsSiteByHost()
    {
        _ = _sites.Add("one", Upstream(FakeUpstream.Always("first")).ConnectAsync);
        _ = _sites.Add("two.example", Upstream(FakeUpstream.Always("second")).ConnectAsync);
        HttpClient client = await StartAsync();

        Assert.Equal("first", await client.GetStringAsync("http://one.localhost/", Patience));
        Assert.Equal("first", await client.GetStringAsync("http://ONE/", Patience));
        Assert.Equal("second", await client.GetStringAsync("http://two.example/a?b", Patience));
        await AssertPageAsync(await client.GetAsync("http://three.localhost/", Patience), 404);
        await AssertPageAsync(await client.GetAsync("http://example/", Patience), 404);
    }

    [Fact]
    public async Task Request_TellsTheSiteWhoAsks_AndNotWhatTheVisitorSaysOfThat()
    {
        FakeUpstream upstream = Upstream(FakeUpstream.Always(""));
        _ = _sites.Add("docs", upstream.ConnectAsync);
        HttpClient client = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://docs.localhost/a%20b/?q=1%2F2");
        request.Headers.Add("X-Forwarded-For", "1.2.3.4");
        request.Headers.Add("X-Forwarded-Proto", "gopher");
        request.Headers.Add("Forwarded", "for=1.2.3.4");
        request.Headers.Add("X-Own", "kept");

        using HttpResponseMessage response = await client.SendAsync(request, Patience);

        string head = Assert.Single(upstream.Heads);
        Assert.StartsWith("GET /a%20b/?q=1%2F2 HTTP/1.1\r\n", head, StringComparison.Ordinal);
        Assert.Equal("docs.localhost", FakeUpstream.Field(head, "Host"));
        Assert.Equal("127.0.0.1", FakeUpstream.Field(head, "X-Forwarded-For"));
        Assert.Equal("http", FakeUpstream.Field(head, "X-Forwarded-Proto"));
        Assert.Equal("docs.localhost", FakeUpstream.Field(head, "X-Forwarded-Host"));
        Assert.Null(FakeUpstream.Field(head, "Forwarded"));
        Assert.Equal("kept", FakeUpstream.Field(head, "X-Own"));
    }

    [Fact]
    public async Task Requests_OneAfterTheOther_UseOneConnectionToTheSite()
    {
        (Site site, FakeMachine machine) = _sites.Add("docs", Upstream(FakeUpstream.Always("x")).ConnectAsync);
        HttpClient client = await StartAsync();

        for (int i = 0; i < 20; i++)
        {
            Assert.Equal("x", await client.GetStringAsync("http://docs/", Patience));
        }

        Assert.Equal(1, machine.ConnectionCount);
        Assert.Equal(20, site.RequestCount);
        Assert.True(SpinWait.SpinUntil(() => site.RequestsUnderWay == 0, Events.Patience));
    }

    [Theory]
    [InlineData(SiteState.Starting)]
    [InlineData(SiteState.Failed)]
    [InlineData(SiteState.Stopped)]
    public async Task Site_WithoutAVm_Is503(SiteState state)
    {
        _ = _sites.Add("docs", state);
        HttpClient client = await StartAsync();

        HttpResponseMessage response = await client.GetAsync("http://docs/", Patience);

        Assert.NotNull(response.Headers.RetryAfter);
        await AssertPageAsync(response, 503);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 O")]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n")]
    public async Task Site_ThatAnswersNonsense_Is502(string answer)
    {
        FakeUpstream upstream = Upstream(async (_, stream) =>
        {
            await FakeUpstream.SendAsync(stream, answer);
            await stream.DisposeAsync();
        });
        _ = _sites.Add("docs", upstream.ConnectAsync);
        HttpClient client = await StartAsync();

        await AssertPageAsync(await client.GetAsync("http://docs/", Patience), 502);
    }

    [Fact]
    public async Task Site_ThatSendsEndlessHeaders_Is502()
    {
        FakeUpstream upstream = Upstream(async (_, stream) =>
        {
            await FakeUpstream.SendAsync(stream, "HTTP/1.1 200 OK\r\n");
            while (true)
            {
                await FakeUpstream.SendAsync(stream, "X-More: " + new string('x', 1000) + "\r\n");
            }
        });
        _ = _sites.Add("docs", upstream.ConnectAsync);
        HttpClient client = await StartAsync();

        await AssertPageAsync(await client.GetAsync("http://docs/", Patience), 502);
    }

    [Fact]
    public async Task Site_ThatRefusesConnections_Is502()
    {
        _ = _sites.Add("docs", _ => throw new IOException("refused"));
        HttpClient client = await StartAsync();

        await AssertPageAsync(await client.GetAsync("http://docs/", Patience), 502);
    }

    [Fact]
    public async Task Site_ThatNeverConnects_IsGivenUp()
    {
        _ = _sites.Add("docs", async cancellation =>
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellation);
            return Stream.Null;
        });
        HttpClient client = await StartAsync();

        HttpResponseMessage response = await client.GetAsync("http://docs/", Patience);

        Assert.InRange((int)response.StatusCode, 502, 504);
    }

    [Fact]
    public async Task Site_ThatIsSilent_Is504()
    {
        _ = _sites.Add("docs", Upstream((_, _) => Forever()).ConnectAsync);
        HttpClient client = await StartAsync(new IngressLimits { ActivityTimeout = TimeSpan.FromSeconds(0.5) });

        await AssertPageAsync(await client.GetAsync("http://docs/", Patience), 504);
    }

    [Fact]
    public async Task Vm_ThatEndsWhileItIsAsked_Is502AtOnce_AndOthersGoOn()
    {
        var asked = new TaskCompletionSource();
        FakeUpstream silent = Upstream((_, _) =>
        {
            asked.SetResult();
            return Forever();
        });
        (Site site, _) = _sites.Add("docs", silent.ConnectAsync);
        _ = _sites.Add("other", Upstream(FakeUpstream.Always("fine")).ConnectAsync);
        HttpClient client = await StartAsync(new IngressLimits { ActivityTimeout = Events.Patience });

        Task<HttpResponseMessage> response = client.GetAsync("http://docs/", Patience);
        await asked.Task.WaitAsync(Patience);
        site.Machine!.Dispose();

        await AssertPageAsync(await response, 502);
        Assert.Equal("fine", await client.GetStringAsync("http://other/", Patience));
    }

    [Fact]
    public async Task Vm_ThatEndsInTheMiddleOfAnAnswer_BreaksTheConnectionOff()
    {
        FakeUpstream upstream = Upstream(async (_, stream) =>
        {
            await FakeUpstream.SendAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf");
            await Forever();
        });
        (Site site, _) = _sites.Add("docs", upstream.ConnectAsync);
        HttpClient client = await StartAsync();

        using HttpResponseMessage response = await client.GetAsync(
            "http://docs/", HttpCompletionOption.ResponseHeadersRead, Patience);
        await using Stream content = await response.Content.ReadAsStreamAsync(Patience);
        byte[] half = new byte[4];
        await content.ReadExactlyAsync(half, Patience);
        site.Machine!.Dispose();

        _ = await Assert.ThrowsAnyAsync<Exception>(async () => await content.ReadExactlyAsync(new byte[1], Patience));
    }

    [Fact]
    public async Task Content_OfManyBytes_IsIdenticalBothWays()
    {
        byte[] content = new byte[5_000_000];
        new Random(7).NextBytes(content);
        FakeUpstream upstream = Upstream(async (_, stream) =>
        {
            byte[] received = new byte[content.Length];
            await stream.ReadExactlyAsync(received);
            await FakeUpstream.SendAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Length: {received.Length}\r\n\r\n");
            await stream.WriteAsync(received);
        });
        _ = _sites.Add("docs", upstream.ConnectAsync);
        HttpClient client = await StartAsync();

        using HttpResponseMessage response = await client.PostAsync(
            "http://docs/", new ByteArrayContent(content), Patience);

        Assert.Equal(content, await response.Content.ReadAsByteArrayAsync(Patience));
    }

    [Fact]
    public async Task Tls_SpeaksHttp2_AndTellsTheSite()
    {
        FakeUpstream upstream = Upstream(FakeUpstream.Always("secret"));
        _ = _sites.Add("docs", upstream.ConnectAsync);
        HttpClient client = await StartAsync(isTls: true);

        HttpResponseMessage[] responses = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ =>
            client.SendAsync(
                new HttpRequestMessage(HttpMethod.Get, "https://docs.localhost/")
                {
                    Version = HttpVersion.Version20,
                    VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                },
                Patience)));

        Assert.All(responses, response => Assert.Equal(HttpVersion.Version20, response.Version));
        Assert.Equal("secret", await responses[0].Content.ReadAsStringAsync(Patience));
        Assert.All(upstream.Heads, head =>
        {
            Assert.Equal("https", FakeUpstream.Field(head, "X-Forwarded-Proto"));
            Assert.Equal("docs.localhost", FakeUpstream.Field(head, "Host"));
        });
        Assert.Equal(50, upstream.Heads.Count);
    }

    [Theory]
    [InlineData("docs.localhost", "docs.localhost")]
    [InlineData("DOCS.localhost", "docs.localhost")]
    [InlineData("later.example", "later.example")]
    [InlineData("unknown.example", "localhost")]
    [InlineData("", "localhost")]
    public async Task Tls_WithoutACertificate_ShowsTheSitesOwn(string host, string shown)
    {
        _ = _sites.Add("docs", SiteState.Ready);
        _ = await StartAsync(isTls: true);
        _ = _sites.Add("later.example", SiteState.Ready);

        using X509Certificate2 first = await HandshakeAsync(host);
        using X509Certificate2 second = await HandshakeAsync(host);

        Assert.True(first.MatchesHostname(shown));
        Assert.Equal(first.Thumbprint, second.Thumbprint);
        Assert.Equal(host == "later.example", first.MatchesHostname("later.example"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WebSocket_PassesThrough(bool isTls)
    {
        _ = _sites.Add("chat", Upstream(EchoWebSocket).ConnectAsync);
        _ = await StartAsync(isTls: isTls);
        using var socket = new ClientWebSocket();
        using HttpMessageInvoker invoker = new(NewHandler());

        await socket.ConnectAsync(new Uri($"{(isTls ? "wss" : "ws")}://chat.localhost/"), invoker, Patience);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, Patience);
        byte[] buffer = new byte[100];
        WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, Patience);

        Assert.Equal("hello", Encoding.ASCII.GetString(buffer, 0, received.Count));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Patience);
    }

    [Fact]
    public async Task Headers_TooLarge_Are431()
    {
        _ = _sites.Add("docs", Upstream(FakeUpstream.Always("")).ConnectAsync);
        HttpClient client = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://docs/");
        request.Headers.Add("X-Large", new string('x', 20_000));

        using HttpResponseMessage response = await client.SendAsync(request, Patience);

        Assert.Equal(431, (int)response.StatusCode);
    }

    [Fact]
    public async Task Content_TooLarge_Is413()
    {
        FakeUpstream upstream = Upstream((_, _) => Forever());
        _ = _sites.Add("docs", upstream.ConnectAsync);
        HttpClient client = await StartAsync(new IngressLimits { BodyBytesMax = 1000 });

        using HttpResponseMessage response = await client.PostAsync(
            "http://docs/", new ByteArrayContent(new byte[1001]), Patience);

        Assert.Equal(413, (int)response.StatusCode);
    }

    [Theory]
    [InlineData(3, 100)]
    [InlineData(100, 3)]
    public async Task Requests_TooManyUnderWay_Are503(int perSite, int inAll)
    {
        var asked = new CountdownEvent(3);
        var answer = new TaskCompletionSource();
        FakeUpstream upstream = Upstream(async (_, stream) =>
        {
            asked.Signal();
            await answer.Task;
            await FakeUpstream.SendAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        _ = _sites.Add("busy", upstream.ConnectAsync);
        _ = _sites.Add("other", Upstream(FakeUpstream.Always("fine")).ConnectAsync);
        HttpClient client = await StartAsync(new IngressLimits
        {
            RequestPerSiteMax = perSite,
            RequestMax = inAll,
            ActivityTimeout = Events.Patience,
        });

        Task<HttpResponseMessage>[] waiting =
            [.. Enumerable.Range(0, 3).Select(_ => client.GetAsync("http://busy/", Patience))];
        Assert.True(asked.Wait(Events.Patience, TestContext.Current.CancellationToken));
        await AssertPageAsync(await client.GetAsync("http://busy/", Patience), 503);
        Assert.Equal(
            perSite < inAll ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable,
            (await client.GetAsync("http://other/", Patience)).StatusCode);
        answer.SetResult();

        Assert.All(await Task.WhenAll(waiting), response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
    }

    [Fact]
    public async Task EmptyLines_WithoutEnd_AreSilence_AndOthersAreServed()
    {
        const int Visitors = 20;
        _ = _sites.Add("docs", Upstream(FakeUpstream.Always("fine")).ConnectAsync);
        HttpClient client = await StartAsync(new IngressLimits { KeepAliveTimeout = TimeSpan.FromSeconds(1) });
        byte[] lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("\r\n", 100_000)));

        Task<string>[] visitors = [.. Enumerable.Range(0, Visitors).Select(_ => SendAsync())];
        Assert.Equal("fine", await client.GetStringAsync("http://docs/", Patience));

        Assert.All(await Task.WhenAll(visitors), answer => Assert.Equal("", answer));
        Assert.Equal("fine", await client.GetStringAsync("http://docs/", Patience));

        async Task<string> SendAsync()
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(_server!.Endpoints[0], Patience);
            await using var stream = new NetworkStream(socket);
            try
            {
                await stream.WriteAsync(lines, Patience);
                using var reader = new StreamReader(stream);
                return await reader.ReadToEndAsync(Patience);
            }
            catch (IOException e) when (e.InnerException is SocketException)
            {
                // It was ended before it had said all.
                return "";
            }
        }
    }

    [Fact]
    public async Task Head_ThatNeverEnds_IsGivenUp()
    {
        _ = await StartAsync(new IngressLimits { HeaderTimeout = TimeSpan.FromSeconds(1) });
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_server!.Endpoints[0], Patience);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync("GET / HTTP/1.1\r\nX-Slow:"u8.ToArray(), Patience);

        using var reader = new StreamReader(stream);
        string answer = await reader.ReadToEndAsync(Patience);

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: docs\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx")]
    [InlineData("GET / HTTP/1.1\r\nHost: docs\r\nTransfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: docs\r\nX y: z\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: docs\r\n folded: z\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: docs\r\nContent-Length: 99999999999999999999999\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: docs\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: docs\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: docs\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: docs\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\nHost: docs\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Head / HTTP/1.1\r\nHost: docs\r\n\r\n")]
    [InlineData("get / HTTP/1.1\r\nHost: docs\r\n\r\n")]
    [InlineData("GET /a#b HTTP/1.1\r\nHost: docs\r\n\r\n")]
    [InlineData("GET /a\u0001b HTTP/1.1\r\nHost: docs\r\n\r\n")]
    [InlineData("GET /a\rb HTTP/1.1\r\nHost: docs\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    public async Task Request_ThatTwoServersCouldReadDifferently_GoesNoFurther(string request)
    {
        FakeUpstream upstream = Upstream(FakeUpstream.Always(""));
        _ = _sites.Add("docs", upstream.ConnectAsync);
        _ = await StartAsync();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_server!.Endpoints[0], Patience);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Patience);

        using var reader = new StreamReader(stream);
        string answer = await reader.ReadToEndAsync(Patience);

        Assert.Matches("^HTTP/1.1 (400|501) ", answer);
        Assert.Empty(upstream.Heads);
    }

    [Theory]
    [InlineData("/a%2Fb", "/a%2Fb")]
    [InlineData("/a%2fb%252F%25", "/a%2fb%252F%25")]
    [InlineData("/../a/./b//c", "/../a/./b//c")]
    [InlineData("/%E9%zz%", "/%E9%zz%")]
    [InlineData("/a?b=%2F?/../c", "/a?b=%2F?/../c")]
    [InlineData("/\"<>\\^`{|}", "/\"<>\\^`{|}")]
    [InlineData("http://docs/a%2Fb?c", "/a%2Fb?c")]
    [InlineData("http://docs?c", "/?c")]
    [InlineData("http://docs", "/")]
    public async Task Target_GetsToTheSite_AsItWasWritten(string target, string expected)
    {
        FakeUpstream upstream = Upstream(FakeUpstream.Always(""));
        _ = _sites.Add("docs", upstream.ConnectAsync);
        _ = await StartAsync();

        string answer = await AskAsync($"GET {target} HTTP/1.1\r\nHost: docs\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.StartsWith($"GET {expected} HTTP/1.1\r\n", Assert.Single(upstream.Heads), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FieldValues_PassAsBytes_BothWays()
    {
        FakeUpstream upstream = Upstream((_, stream) => stream.WriteAsync(
            Encoding.Latin1.GetBytes("HTTP/1.1 200 OK\r\nX-Name: \u00E9 \u00C3\u00BC\r\nContent-Length: 0\r\n\r\n"))
            .AsTask());
        _ = _sites.Add("docs", upstream.ConnectAsync);
        _ = await StartAsync();

        string answer = await AskAsync("GET / HTTP/1.1\r\nHost: docs\r\nX-Name: \u00E9 \u00C3\u00BC\r\n\r\n");

        Assert.Contains("X-Name: \u00E9 \u00C3\u00BC\r\n", answer, StringComparison.Ordinal);
        Assert.Equal("\u00E9 \u00C3\u00BC", FakeUpstream.Field(Assert.Single(upstream.Heads), "X-Name"));
    }

    [Fact]
    public async Task Connect_ToElsewhere_Is405()
    {
        FakeUpstream upstream = Upstream(FakeUpstream.Always(""));
        _ = _sites.Add("docs", upstream.ConnectAsync);
        _ = await StartAsync();

        string answer = await AskAsync("CONNECT docs:443 HTTP/1.1\r\nHost: docs:443\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 405 ", answer, StringComparison.Ordinal);
        Assert.Empty(upstream.Heads);
    }

    [Fact]
    public async Task Facts_AreToldByTheIngress()
    {
        (Site site, _) = _sites.Add("docs", _ => throw new IOException());
        _ = _sites.Add("failed", SiteState.Failed);
        HttpClient client = await StartAsync();

        using JsonDocument facts = JsonDocument.Parse(
            await client.GetStringAsync("http://docs/.denali/facts.json", Patience));
        using JsonDocument failed = JsonDocument.Parse(
            await client.GetStringAsync("http://failed/.denali/facts.json", Patience));

        Assert.Equal("10.1.0.6", facts.RootElement.GetProperty("ipv4").GetString());
        Assert.Equal(123_456, facts.RootElement.GetProperty("memoryBytes").GetInt32());
        Assert.Equal(1, facts.RootElement.GetProperty("requests").GetInt32());
        Assert.Equal("Failed", failed.RootElement.GetProperty("state").GetString());
        Assert.False(failed.RootElement.TryGetProperty("machine", out _));
        Assert.Equal(1, site.RequestCount);
    }

    [Fact]
    public async Task Requests_AreLoggedWithTheirStatus()
    {
        _ = _sites.Add("docs", Upstream(FakeUpstream.Always("four")).ConnectAsync);
        HttpClient client = await StartAsync();

        _ = await client.GetStringAsync("http://docs/a?b", Patience);
        using HttpResponseMessage unknown = await client.GetAsync("http://none/", Patience);

        Assert.True(SpinWait.SpinUntil(() => Log().Length == 2, Events.Patience));
        AccessLogEntry first = Log()[0];
        Assert.Equal(
            ("127.0.0.1", "docs", "GET", "/a?b", "HTTP/1.1", 200, 4L),
            (first.Client, first.Host, first.Method, first.Target, first.Protocol, first.Status, first.ContentBytes));
        Assert.Equal(404, Log()[1].Status);
    }

    [Fact]
    public void LogLine_OfHostileText_IsPlain()
    {
        string target = "/\"\n" + new string('x', 9999);
        var entry = new AccessLogEntry("::1", "a\e[31m", "GET", target, "HTTP/1.1", 200, null, default);

        string line = entry.ToString();

        Assert.All(line, character => Assert.InRange(character, ' ', '~'));
        Assert.True(line.Length < 1000, line);
    }

    [Fact]
    public async Task Listen_OnAPortInUse_IsRefusedWithTheCure()
    {
        _ = await StartAsync();

        ControlException e = await Assert.ThrowsAsync<ControlException>(
            () => IngressServer.StartAsync(_sites, new IngressOptions { Listen = _server!.Endpoints }));

        Assert.Contains("in use; choose another with --listen", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ports_TakenBeforeTheServer_AreItsOwn_AndVisitorsWaitForIt()
    {
        _ = _sites.Add("one", Upstream(FakeUpstream.Always("first")).ConnectAsync);
        IPEndPoint[] any = [new(IPAddress.Loopback, 0), new(IPAddress.IPv6Loopback, 0), new(IPAddress.Loopback, 0)];
        using IngressPorts ports = IngressPorts.Take(any);
        var early = ports.Endpoints;
        ControlException e = Assert.Throws<ControlException>(() => IngressPorts.Take([early[0]]));
        Assert.Contains("in use; choose another with --listen", e.Message, StringComparison.Ordinal);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{early[2]}/");
        request.Headers.Host = "one";
        Task<HttpResponseMessage> visit = client.SendAsync(request, Patience);

        _server = await IngressServer.StartAsync(_sites, new IngressOptions { Listen = any, Ports = ports });

        using HttpResponseMessage response = await visit;
        Assert.Equal("first", await response.Content.ReadAsStringAsync(Patience));
        Assert.Equal(early.Order(Comparer<IPEndPoint>.Create(ByPort)), _server.Endpoints.Order(
            Comparer<IPEndPoint>.Create(ByPort)));
        static int ByPort(IPEndPoint one, IPEndPoint other) => one.Port.CompareTo(other.Port);
    }

    private static async Task AssertPageAsync(HttpResponseMessage response, int status)
    {
        using (response)
        {
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
            string text = await response.Content.ReadAsStringAsync(Patience);
            Assert.StartsWith($"{status} ", text, StringComparison.Ordinal);
        }
    }

    private static Task Forever() => new TaskCompletionSource().Task;

    private static async Task EchoWebSocket(string head, Stream stream)
    {
        string key = FakeUpstream.Field(head, "Sec-WebSocket-Key")!;
#pragma warning disable CA5350 // RFC 6455 asks for it, and not for secrecy.
        string accept = Convert.ToBase64String(System.Security.Cryptography.SHA1.HashData(
            Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await FakeUpstream.SendAsync(
            stream,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Accept: {accept}\r\n\r\n");
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        byte[] buffer = new byte[100];
        WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, Patience);
        await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, true, Patience);
        _ = await socket.ReceiveAsync(buffer, Patience);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Patience);
    }

    /// <summary>Begins to speak TLS, and returns the certificate that is shown.</summary>
    private async Task<X509Certificate2> HandshakeAsync(string host)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_server!.Endpoints[0], Patience);
        await using var tls = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = host,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            },
            Patience);
        return new X509Certificate2(tls.RemoteCertificate!);
    }

    /// <summary>Sends bytes, each a character, and reads all of the answer's head.</summary>
    private async Task<string> AskAsync(string request)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_server!.Endpoints[0], Patience);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), Patience);
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)
            && await stream.ReadAsync(one, Patience) == 1)
        {
            _ = head.Append((char)one[0]);
        }

        return head.ToString();
    }

    private AccessLogEntry[] Log()
    {
        lock (_log)
        {
            return [.. _log];
        }
    }

    private T Keep<T>(T thing)
        where T : IDisposable
    {
        _things.Add(thing);
        return thing;
    }

    private FakeUpstream Upstream(Func<string, Stream, Task> answer)
    {
        var upstream = new FakeUpstream(answer);
        _things.Add(upstream);
        return upstream;
    }

    private async Task<HttpClient> StartAsync(IngressLimits? limits = null, bool isTls = false)
    {
        _server = await IngressServer.StartAsync(_sites, new IngressOptions
        {
            Listen = [new IPEndPoint(IPAddress.Loopback, 0)],
            Certificates = isTls ? Keep(IngressCertificates.SelfSigned(_sites, TimeProvider.System)) : null,
            Limits = limits ?? new IngressLimits(),
            OnRequest = entry =>
            {
                lock (_log)
                {
                    _log.Add(entry);
                }
            },
        });
        var client = new HttpClient(NewHandler()) { Timeout = Events.Patience };
        _things.Add(client);
        return client;
    }

    // Whatever host is asked for, the connection goes to the ingress.
    private SocketsHttpHandler NewHandler()
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(_server!.Endpoints[0], cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
            UseProxy = false,
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        return handler;
    }
}
