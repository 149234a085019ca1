// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Denali.Cli.Tests;

/// <summary><c>denali up</c> as a process, and the commands that speak to it.</summary>
internal sealed class CommandLab : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-lab-").FullName;
    private readonly HttpClient _client;
    private int _port;

    internal CommandLab()
    {
        Denali.NeedsKvm();
        Assert.SkipUnless(File.Exists("/sbin/mke2fs"), "there is no mke2fs on this machine; e2fsprogs has it");
        _client = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false })
        {
            Timeout = Denali.Limit,
        };
    }

    /// <summary>The process, once it has been started.</summary>
    internal Denali Kernel { get; private set; } = null!;

    /// <summary>A folder of guests instead of those that were built, or null.</summary>
    internal string? Guests { get; set; }

    /// <summary>The socket of the kernel.</summary>
    internal string SocketPath => PathOf("run/denali/denali.sock");

    /// <summary>What all processes of this lab get.</summary>
    internal (string Name, string Value)[] Environment =>
    [
        .. Guests is null ? Array.Empty<(string, string)>() : [("DENALI_GUESTS", Guests)],
        ("XDG_CACHE_HOME", Path.Combine(_folder, "cache")),
        ("XDG_STATE_HOME", Path.Combine(_folder, "state")),
        ("XDG_RUNTIME_DIR", Path.Combine(_folder, "run")),
    ];

    private static CancellationToken Patience => new CancellationTokenSource(Denali.Limit).Token;

    /// <summary>A path in the lab's own folder.</summary>
    internal string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Makes a directory with one page.</summary>
    internal string Write(string directory, string page)
    {
        string path = Directory.CreateDirectory(PathOf(directory)).FullName;
        File.WriteAllText(Path.Combine(path, "index.html"), page);
        return path;
    }

    /// <summary>Starts the kernel, and waits until all its sites serve.</summary>
    internal void Start(params string[] arguments)
    {
        Launch(arguments);
        WaitUntilUp();
    }

    /// <summary>Starts the kernel.</summary>
    internal void Launch(params string[] arguments)
    {
        Kernel?.Dispose();
        Kernel = Denali.Start(["up", "--json", "--listen", "127.0.0.1:0", .. arguments], Environment);
    }

    /// <summary>Waits until all its sites serve.</summary>
    internal void WaitUntilUp()
    {
        Kernel.WaitForOutput("{\"event\":\"up\"");
        string line = Array.Find(
            Kernel.OutputSoFar.Split('\n'),
            line => line.StartsWith("{\"event\":\"listening\"", StringComparison.Ordinal))!;
        using JsonDocument listening = JsonDocument.Parse(line);
        _port = new Uri(listening.RootElement.GetProperty("urls")[0].GetString()!).Port;
    }

    /// <summary>Runs a command against it.</summary>
    internal Denali.Result Run(params string[] arguments) => Denali.RunWith(Environment, arguments);

    /// <summary>Runs a command that has to work, and tells its output.</summary>
    internal string Do(params string[] arguments)
    {
        Denali.Result result = Run(arguments);
        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
        return result.Output;
    }

    /// <summary>Runs a command again and again until it works: a VM may have work just now.</summary>
    internal void DoUntilItWorks(params string[] arguments)
    {
        long start = Stopwatch.GetTimestamp();
        Denali.Result result;
        do
        {
            result = Run(arguments);
        }
        while (result.ExitCode != 0 && Stopwatch.GetElapsedTime(start) < Denali.Limit);

        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
    }

    /// <summary>Runs a command that has to work, and understands its output.</summary>
    internal JsonElement Json(params string[] arguments)
    {
        using JsonDocument document = JsonDocument.Parse(Do([.. arguments, "--json"]));
        return document.RootElement.Clone();
    }

    /// <summary>Asks a site for a page.</summary>
    internal async Task<(HttpStatusCode Status, string Text)> GetAsync(string site, string path = "/")
    {
        using HttpResponseMessage response = await GetAnyAsync($"http://{site}.localhost{path}");
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Patience));
    }

    private async Task<HttpResponseMessage> GetAnyAsync(string url)
    {
        try
        {
            return await _client.GetAsync(url, Patience);
        }
        catch (HttpRequestException e)
        {
            string end = Kernel.IfEnded() is { } result
                ? $"it ended with {result.ExitCode}: {result.Errors}"
                : "it runs";
            throw new HttpRequestException($"no answer from {url}; {end}; it said: {Kernel.OutputSoFar}", e);
        }
    }

    /// <summary>Ends the kernel as Ctrl-C does.</summary>
    internal Denali.Result End()
    {
        Kernel.Signal("INT");
        Denali.Result result = Kernel.WaitForEnd();
        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
        return result;
    }

    public void Dispose()
    {
        _client.Dispose();
        Kernel?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _port), cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
