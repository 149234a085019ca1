// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Net.Sockets;
using System.Threading.Tasks;
using Denali.Control.Api;
using Denali.Control.Sites;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>A local socket with sites behind it, whose VMs the test plays.</summary>
internal sealed class ApiLab : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-api-").FullName;
    private readonly SiteManager _manager;
    private ApiServer _server = null!;

    private ApiLab()
    {
        Assert.SkipUnless(File.Exists("/sbin/mke2fs"), "there is no mke2fs on this machine; e2fsprogs has it");
        Content = Directory.CreateDirectory(Path.Combine(_folder, "content")).FullName;
        File.WriteAllText(Path.Combine(Content, "index.html"), "home");
        Machines = new FakeMachineControl(Host);
        _manager = new SiteManager(
            Host,
            new SiteManagerOptions { CacheFolder = Path.Combine(_folder, "cache"), WatchInterval = null },
            Events.Add);
        Control = new SiteControl(
            _manager, null, Machines, new SiteControlOptions { UrlOf = name => $"http://{name}/" });
    }

    internal string SocketPath => Path.Combine(_folder, "run", "lab.sock");

    internal string Content { get; }

    internal FakeMachineHost Host { get; } = new() { IsQuick = true };

    internal FakeMachineControl Machines { get; }

    internal Events Events { get; } = new();

    internal SiteControl Control { get; }

    internal ApiClient Client { get; private set; } = null!;

    internal static async Task<ApiLab> StartAsync(ApiLimits? limits = null)
    {
        var lab = new ApiLab();
        lab._server = await ApiServer.StartAsync(lab.Control, KernelSocket.Take(lab.SocketPath), limits);
        lab.Client = new ApiClient(lab.SocketPath);
        return lab;
    }

    /// <summary>Adds a site that serves.</summary>
    internal Task<SiteDetail> AddAsync(string name) => Client.CreateAsync(new NewSite(name, Content));

    /// <summary>Connects to the socket without speaking yet.</summary>
    internal NetworkStream Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(SocketPath));
        return new NetworkStream(socket, ownsSocket: true) { ReadTimeout = (int)Events.Patience.TotalMilliseconds };
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _server.DisposeAsync();
        _manager.Dispose();
        Assert.False(File.Exists(SocketPath));
        Directory.Delete(_folder, recursive: true);
    }
}
