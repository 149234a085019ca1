// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Api;
using Denali.Control.Ingress;
using Denali.Control.Sites;
using Denali.Control.Templates;
using Denali.Guests.Tests;
using Denali.Kernel;
using Denali.Kernel.Network;
using Denali.Kvm;
using Denali.Net;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>The web guest on KVM behind the ingress.</summary>
public sealed class RealSiteTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-sites-").FullName;
    private readonly Events _events = new();
    private readonly KvmEngine _engine;
    private readonly IsolationKernel _kernel;
    private readonly LoadedImage _template;
    private readonly HostNetwork _network;
    private readonly SiteManager _manager;
    private IngressServer? _server;

    public RealSiteTests()
    {
        Assert.SkipUnless(File.Exists(KvmSystem.DefaultPath), "there is no /dev/kvm on this machine");
        Assert.SkipUnless(File.Exists("/sbin/mke2fs"), "there is no mke2fs on this machine; e2fsprogs has it");
        _engine = new KvmEngine();
        _kernel = new IsolationKernel(_engine, new KernelOptions { WorkerCount = 2 });
        _template = new TemplateCache(Path.Combine(_folder, "templates"))
            .Get(_kernel, TestGuest.Load("web"), 0, KernelSiteHost.BootArguments).Template;
        _network = new HostNetwork(_kernel);
        _manager = new SiteManager(
            new KernelSiteHost(_kernel, _template, _network),
            new SiteManagerOptions { CacheFolder = Path.Combine(_folder, "cache"), WatchInterval = null },
            _events.Add);
    }

    private static CancellationToken Patience => new CancellationTokenSource(Events.Patience).Token;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _manager?.Dispose();
        _network?.Dispose();
        _template?.Dispose();
        _kernel?.Dispose();
        _engine?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Site_OfADirectory_IsServedByteForByte()
    {
        var random = new Random(5);
        for (int i = 0; i < 40; i++)
        {
            byte[] content = new byte[random.Next(random.Next(300_000))];
            random.NextBytes(content);
            Write("docs", $"d{i % 5}/file {i}.bin", content);
        }

        HttpClient client = await StartAsync("docs");

        string root = Path.Combine(_folder, "docs");
        foreach (string path in Directory.GetFiles(root, "*", SearchOption.AllDirectories))
        {
            string url = string.Join('/', path[root.Length..].Split('/').Select(Uri.EscapeDataString));
            Assert.Equal(
                await File.ReadAllBytesAsync(path, Patience),
                await client.GetByteArrayAsync("http://docs.localhost" + url, Patience));
        }
    }

    [Fact]
    public async Task Sites_OfOneTemplate_DifferInAllThatMust()
    {
        const int Sites = 6;
        byte[] large = new byte[100_000];
        string[] names = [.. Enumerable.Range(0, Sites).Select(i => $"s{i}")];
        for (int i = 0; i < Sites; i++)
        {
            Write(names[i], "index.html", Encoding.ASCII.GetBytes($"site {i}"));
            Array.Fill(large, (byte)i);
            Write(names[i], "large.bin", large);
        }

        HttpClient client = await StartAsync(names);

        var boundaries = new HashSet<string>();
        for (int i = 0; i < Sites; i++)
        {
            Assert.Equal($"site {i}", await client.GetStringAsync($"http://{names[i]}/", Patience));
            Array.Fill(large, (byte)i);
            Assert.Equal(large, await client.GetByteArrayAsync($"http://{names[i]}/large.bin", Patience));
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{names[i]}/large.bin");
            request.Headers.TryAddWithoutValidation("Range", "bytes=0-1,5-6");
            using HttpResponseMessage response = await client.SendAsync(request, Patience);
            Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
            _ = boundaries.Add(response.Content.Headers.ContentType!.Parameters.Single().Value!);
            double age = (DateTimeOffset.UtcNow - response.Headers.Date!.Value).TotalSeconds;
            Assert.InRange(age, -2, Events.Patience.TotalSeconds);
        }

        Assert.Equal(Sites, boundaries.Count);
    }

    [Fact]
    public async Task Clone_OfASiteThatServes_IsAnotherAndHasNoneOfItsConnections()
    {
        Write("one", "index.html", "first"u8.ToArray());
        HttpClient client = await StartAsync("one");
        var control = new SiteControl(_manager, null, new KernelMachineControl(_kernel), new SiteControlOptions());
        ulong original = _manager.Find("one")!.Machine!.Machine.Id;
        string path = Path.Combine(_folder, "frames");
        var boundaries = new HashSet<string>();
        ushort openPort;
        using (_kernel.Switch.StartCapture(path))
        {
            // A visitor who is in the middle of a request when the VM is cloned.
            await using HostStream open =
                await _network.ConnectAsync(new IpEndpoint(_kernel.Switch.AddressOf(original), 80), Patience);
            openPort = open.Local.Port;
            await open.WriteAsync("GET / HTTP/1.1\r\nHost: one\r\nConnection: close\r\n"u8.ToArray(), Patience);

            SiteDetail clone = await control.CloneAsync("one", "two", Patience);

            Assert.Equal(SiteState.Ready, clone.Site.State);
            Assert.NotEqual(original, clone.Site.Machine);
            await open.WriteAsync("\r\n"u8.ToArray(), Patience);
            string answer = await new StreamReader(open).ReadToEndAsync(Patience);
            Assert.EndsWith("first", answer, StringComparison.Ordinal);
            foreach (string name in new[] { "one", "two", "one", "two" })
            {
                _ = boundaries.Add(await AskAsync(name));
            }
        }

        Assert.Equal(4, boundaries.Count);
        TcpFrame[] frames = [.. TcpFrame.Among(CaptureFile.Read(path))];
        TcpFrame[] answers = [.. frames.Where(frame => frame.IsSyn && frame.SourcePort == 80)];
        Assert.Equal(2, answers.Select(frame => frame.Source).Distinct().Count());
        Assert.Equal(
            answers.Select(frame => (frame.Source, frame.DestinationPort)).Distinct().Count(),
            answers.Select(frame => frame.Sequence).Distinct().Count());

        // The clone had that connection too when it began; all that it may say there is that there is none.
        uint source = answers.Single(frame => frame.DestinationPort == openPort).Source;
        Assert.All(
            frames.Where(frame => frame.SourcePort == 80 && frame.DestinationPort == openPort),
            frame => Assert.True(frame.Source == source || (frame.Flags & TcpFrame.Reset) != 0, $"{frame}"));

        async Task<string> AskAsync(string name)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{name}/");
            request.Headers.TryAddWithoutValidation("Range", "bytes=0-1,4-4");
            using HttpResponseMessage response = await client.SendAsync(request, Patience);
            Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
            double age = (DateTimeOffset.UtcNow - response.Headers.Date!.Value).TotalSeconds;
            Assert.InRange(age, -2, Events.Patience.TotalSeconds);
            return response.Content.Headers.ContentType!.Parameters.Single().Value!;
        }
    }

    [Fact]
    public async Task Site_WithoutAFileSystem_FailsAndSaysSo()
    {
        string path = Path.Combine(_folder, "zeros.img");
        File.WriteAllBytes(path, new byte[1 << 20]);
        var observer = new ReasonObserver();

        _ = new KernelSiteHost(_kernel, _template, _network).Start("zeros", path, null, observer);

        string reason = await observer.Ended.Task.WaitAsync(Patience);
        Assert.Equal("ended with 1: web: the disk has no file system: make one with denali disk create", reason);
        Assert.False(observer.WasReady);
    }

    [Fact]
    public async Task Vm_Killed_IsStartedAgain_AndTheOtherSiteGoesOn()
    {
        Write("one", "index.html", "first"u8.ToArray());
        Write("two", "index.html", "second"u8.ToArray());
        HttpClient client = await StartAsync("one", "two");
        ulong killed = _manager.Find("one")!.Machine!.Machine.Id;

        _kernel.Kill(killed);
        Assert.Equal("killed", _events.WaitFor(SiteState.Failed).Message);
        HttpStatusCode[] statuses =
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
            {
                using HttpResponseMessage response = await client.GetAsync($"http://one/?{i}", Patience);
                return response.StatusCode;
            }));
        Assert.Equal("second", await client.GetStringAsync("http://two/", Patience));
        _ = _events.WaitFor(SiteState.Ready, 3);

        Assert.All(statuses, status => Assert.True(
            status is HttpStatusCode.OK or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable,
            status.ToString()));
        Assert.Equal("first", await client.GetStringAsync("http://one/", Patience));
        Assert.NotEqual(killed, _manager.Find("one")!.Machine!.Machine.Id);
        Assert.Equal(2, _manager.Find("one")!.StartCount);
    }

    [Fact]
    public async Task Stop_Sites_EndsTheirVms()
    {
        Write("one", "index.html", "first"u8.ToArray());
        _ = await StartAsync("one");

        await _manager.StopAsync().WaitAsync(Events.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(0, _kernel.MachineCount);
    }

    private void Write(string site, string path, byte[] content)
    {
        string full = Path.Combine(_folder, site, path);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
    }

    private async Task<HttpClient> StartAsync(params string[] sites)
    {
        Array.ForEach(sites, site => _manager.Set(SiteDefinition.Create(site, site, _folder)));
        _ = _events.WaitFor(SiteState.Ready, sites.Length);
        _server = await IngressServer.StartAsync(
            _manager, new IngressOptions { Listen = [new IPEndPoint(IPAddress.Loopback, 0)] });
        return new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(_server.Endpoints[0], cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
            UseProxy = false,
        });
    }

    private sealed class ReasonObserver : ISiteMachineObserver
    {
        internal TaskCompletionSource<string> Ended { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal bool WasReady { get; private set; }

        void ISiteMachineObserver.OnReady() => WasReady = true;

        void ISiteMachineObserver.OnEnded(string reason) => Ended.SetResult(reason);
    }
}
