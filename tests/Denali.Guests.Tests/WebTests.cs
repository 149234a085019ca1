// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Denali.Files.Tests;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Net;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>The web guest: files of its disk, as ordinary and as unfriendly HTTP clients get them.</summary>
public sealed class WebTests : IDisposable
{
    private const ushort Port = 80;

    private readonly TestTree _tree = new();
    private readonly List<IDisposable> _things = [];

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    public void Dispose()
    {
        _things.Reverse();
        _things.ForEach(thing => thing.Dispose());
        _tree.Dispose();
    }

    [Fact]
    public async Task Get_EveryFile_IsIdentical()
    {
        var random = new Random(3);
        for (int i = 0; i < 120; i++)
        {
            _tree.Write($"d{i % 7}/e{i % 3}/file {i}.html", TestTree.Pattern(random.Next(random.Next(80_000)), i));
        }

        _tree.Write("odd/ünïcödé & 100% #1?.css", [4]);
        _tree.Write("large.bin", TestTree.Pattern(5_000_000, 99));
        _tree.Write("empty.txt", []);
        Site site = Start();
        using HttpClient client = site.NewClient();

        string[] paths = Directory.GetFiles(_tree.Content, "*", SearchOption.AllDirectories);
        await Parallel.ForEachAsync(
            paths,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Patience },
            async (path, cancellation) =>
            {
                string name = path[_tree.Content.Length..];
                string url = string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
                byte[] content = await client.GetByteArrayAsync(new Uri(url, UriKind.Relative), cancellation);
                Assert.Equal(await File.ReadAllBytesAsync(path, cancellation), content);
            });

        Assert.Equal(123, paths.Length);
        site.AssertEndsInPeace();
    }

    [Fact]
    public async Task Get_RangesAndConditions_AreServed()
    {
        byte[] content = TestTree.Pattern(300_000, 1);
        _tree.Write("a.bin", content);
        Site site = Start();
        using HttpClient client = site.NewClient();
        var address = new Uri("/a.bin", UriKind.Relative);

        using HttpResponseMessage whole = await client.GetAsync(address, Patience);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Range = new RangeHeaderValue(100_001, 250_000);
        using HttpResponseMessage part = await client.SendAsync(request, Patience);
        using var again = new HttpRequestMessage(HttpMethod.Get, address);
        again.Headers.IfNoneMatch.Add(whole.Headers.ETag!);
        using HttpResponseMessage unmodified = await client.SendAsync(again, Patience);
        using HttpResponseMessage head =
            await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, address), Patience);
        using HttpResponseMessage nothing = await client.GetAsync(new Uri("/b", UriKind.Relative), Patience);

        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(content[100_001..250_001], await part.Content.ReadAsByteArrayAsync(Patience));
        Assert.Equal(HttpStatusCode.NotModified, unmodified.StatusCode);
        Assert.Equal(content.Length, head.Content.Headers.ContentLength);
        Assert.Equal(whole.Content.Headers.LastModified, head.Content.Headers.LastModified);
        Assert.Equal(
            new FileInfo(Path.Combine(_tree.Content, "a.bin")).LastWriteTimeUtc,
            whole.Content.Headers.LastModified!.Value.UtcDateTime,
            TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
        site.AssertEndsInPeace();
    }

    [Fact]
    public async Task Get_TenThousandInOneStream_AreAnsweredInOrder()
    {
        const int Count = 10_000;
        for (int i = 0; i < 4; i++)
        {
            _tree.Write($"{i}.txt", Encoding.ASCII.GetBytes($"content {i}\n"));
        }

        Site site = Start();
        await using HostStream stream = await site.ConnectAsync();
        Task sending = stream.WriteAsync(
            Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, Count).Select(i =>
                $"GET /{i % 4}.txt HTTP/1.1\r\nHost: a\r\n{(i == Count - 1 ? "Connection: close\r\n" : "")}\r\n"))),
            Patience).AsTask();

        using var reader = new StreamReader(stream, Encoding.ASCII);
        string text = await reader.ReadToEndAsync(Patience);
        await sending;

        Assert.Equal(
            Enumerable.Range(0, Count).Select(i => $"content {i % 4}"),
            text.Split('\n').Where(line => line.StartsWith("content ", StringComparison.Ordinal)));
        site.AssertEndsInPeace();
    }

    [Fact]
    public async Task Get_HalfClosedAfterTheRequest_SendsAllOfIt()
    {
        byte[] content = TestTree.Pattern(2_000_000, 5);
        _tree.Write("large", content);
        Site site = Start();
        await using HostStream stream = await site.ConnectAsync();

        await stream.WriteAsync("GET /large HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Patience);
        stream.ShutdownSend();
        using var received = new MemoryStream();
        await stream.CopyToAsync(received, Patience);

        Assert.Equal(content, received.ToArray()[^content.Length..]);
        site.AssertEndsInPeace();
    }

    [Fact]
    public async Task Get_BesideIdleSlowAndDeafClients_IsAnswered()
    {
        _tree.Write("index.html", "home"u8.ToArray());
        _tree.Write("large", TestTree.Pattern(8_000_000, 5));
        Site site = Start();
        List<HostStream> others = [];
        try
        {
            for (int i = 0; i < 600; i++)
            {
                HostStream other = await site.ConnectAsync();
                others.Add(other);
                byte[] start = (i % 3) switch
                {
                    0 => [],
                    1 => "GET / HTTP/1.1\r\nX-Slow: "u8.ToArray(),
                    _ => "GET /large HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(),
                };
                await other.WriteAsync(i % 3 == 2 && i > 60 ? [] : start, Patience);
            }

            using HttpClient client = site.NewClient();
            for (int i = 0; i < 20; i++)
            {
                Assert.Equal("home", await client.GetStringAsync(new Uri("/", UriKind.Relative), Patience));
            }
        }
        finally
        {
            others.ForEach(other => other.Dispose());
        }

        site.AssertEndsInPeace();
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Get_WhileDeafClientsHoldThePageCache_IsAnsweredWholeAndSoItIsAfterwards()
    {
        // More than may be held: three quarters of the cache's 16 MiB, of which each client holds 64 KiB at least.
        const int Clients = 240;
        for (int i = 0; i < Clients; i++)
        {
            _tree.Write($"f{i}", TestTree.Pattern(200_000, i));
        }

        Site site = Start(64 * 1024);
        using HttpClient client = site.NewClient();
        List<HostStream> deaf = [];
        try
        {
            for (int i = 0; i < Clients; i++)
            {
                HostStream stream = await site.ConnectAsync();
                deaf.Add(stream);
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /f{i} HTTP/1.1\r\nHost: a\r\n\r\n"), Patience);
            }

            await AssertFilesAsync(client, Clients);
        }
        finally
        {
            deaf.ForEach(stream => stream.Dispose());
        }

        await AssertFilesAsync(client, Clients);
        site.AssertEndsInPeace();
    }

    [Fact]
    public async Task Send_Garbage_IsRefusedAndTheConnectionEnds()
    {
        _tree.Write("index.html", "home"u8.ToArray());
        Site site = Start();
        await using HostStream stream = await site.ConnectAsync();

        await stream.WriteAsync(Encoding.ASCII.GetBytes("GARBAGE\r\n" + new string('x', 50_000)), Patience);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        string text = await reader.ReadToEndAsync(Patience);

        Assert.StartsWith("HTTP/1.1 400 Bad Request\r\n", text, StringComparison.Ordinal);
        site.AssertEndsInPeace();
    }

    [Fact]
    public async Task End_WhileAResponseIsUnderWay_FinishesIt()
    {
        byte[] content = TestTree.Pattern(6_000_000, 5);
        _tree.Write("large", content);
        Site site = Start();
        await using HostStream stream = await site.ConnectAsync();
        await using HostStream idle = await site.ConnectAsync();
        await stream.WriteAsync("GET /large HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Patience);
        byte[] first = new byte[1000];
        await stream.ReadExactlyAsync(first, Patience);

        site.Host.Kernel.RequestTermination(site.Machine.Id);
        using var received = new MemoryStream();
        await stream.CopyToAsync(received, Patience);

        Assert.Equal(content[^5_000_000..], received.ToArray()[^5_000_000..]);
        // The VM is gone, and its connections with it; but they had ended before that.
        site.Machine.AssertTerminated(0);
        Assert.Equal(0, await idle.ReadAsync(new byte[1], Patience));
    }

    [Fact]
    public void Start_WithADiskThatHasNoFiles_SaysSo()
    {
        string path = Path.Combine(Path.GetDirectoryName(_tree.Content)!, "nothing");
        File.WriteAllBytes(path, new byte[1 << 20]);

        Site site = Start(Keep(DiskImage.Open(path, isReadOnly: true)), isReady: false);

        site.Machine.AssertTerminated(1);
        Assert.Contains("denali disk create", site.Machine.Text, StringComparison.Ordinal);
    }

    private static async Task AssertFilesAsync(HttpClient client, int count)
    {
        for (int i = 0; i < count; i += 5)
        {
            byte[] content = await client.GetByteArrayAsync(new Uri($"/f{i}", UriKind.Relative), Patience);
            Assert.Equal(TestTree.Pattern(200_000, i), content);
        }
    }

    private Site Start(int kibibytes = 32 * 1024)
    {
        string path = Path.Combine(Path.GetDirectoryName(_tree.Content)!, "disk");
        File.WriteAllBytes(path, _tree.Build(4096, kibibytes));
        return Start(Keep(DiskImage.Open(path, isReadOnly: true)), isReady: true);
    }

    private Site Start(DiskImage disk, bool isReady)
    {
        GuestHost host = Keep(new GuestHost());
        HostNetwork network = Keep(new HostNetwork(host.Kernel));
        var machine = new GuestMachine(host.Kernel, int.MaxValue);
        machine.Id = host.Kernel.Create(new MachineOptions
        {
            Image = host.Load("web"),
            Observer = machine,
            Arguments = ["web"],
            Disks = [disk],
            Network = new NetworkOptions(),
        });
        if (isReady)
        {
            machine.WaitForOutput("web: ready");
        }

        return new Site(host, network, machine);
    }

    private T Keep<T>(T thing)
        where T : IDisposable
    {
        _things.Add(thing);
        return thing;
    }

    /// <summary>A VM with the web guest, and the host that talks to it.</summary>
    private sealed record Site(GuestHost Host, HostNetwork Network, GuestMachine Machine)
    {
        internal async Task<HostStream> ConnectAsync() => await Network.ConnectAsync(
            new IpEndpoint(Host.Kernel.Switch.AddressOf(Machine.Id), Port), Patience);

        internal HttpClient NewClient() => new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, _) => await ConnectAsync(),
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
        })
        {
            BaseAddress = new Uri("http://site.test/"),
            Timeout = TimeSpan.FromSeconds(60),
        };

        internal void AssertEndsInPeace()
        {
            Host.Kernel.RequestTermination(Machine.Id);
            Machine.AssertTerminated(0);
        }
    }
}
