// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Net;
using System.Text.Json;
using Xunit;
using Command = Denali.Cli.Tests.Denali;

namespace Denali.Sites.Tests.Support;

/// <summary><c>denali up</c> as a user starts it, with its images in a folder of its own.</summary>
internal sealed class SitesProcess : IDisposable
{
    /// <summary>The name of the site that most tests serve.</summary>
    internal const string Name = "docs";

    private readonly string _cache = Directory.CreateTempSubdirectory("denali-cache-").FullName;
    private readonly string? _tap;
    private string? _address;

    private SitesProcess(string? tap, string[] arguments)
    {
        Command.NeedsKvm();
        _tap = tap;
        string[] network = tap is null ? [] : ["--tap", tap];
        Process = Command.Start(
            ["up", "--json", "--no-state", "--listen", "127.0.0.1:0", .. network, .. arguments],
            ("XDG_CACHE_HOME", _cache));
        Process.WaitForOutput("{\"event\":\"up\"");
        using JsonDocument up = JsonDocument.Parse(LineWith("{\"event\":\"up\""));
        Url = new Uri(up.RootElement.GetProperty("sites")[0].GetProperty("url").GetString()!);
        Ingress = new IPEndPoint(IPAddress.Loopback, Url.Port);
    }

    /// <summary>The process.</summary>
    internal Command Process { get; }

    /// <summary>Where visitors come in.</summary>
    internal IPEndPoint Ingress { get; }

    /// <summary>The first site.</summary>
    internal Uri Url { get; }

    /// <summary>The address of the first site's VM.</summary>
    internal string Address
    {
        get
        {
            if (_address is null)
            {
                using JsonDocument ready = JsonDocument.Parse(LineWith("\"state\":\"Ready\""));
                _address = ready.RootElement.GetProperty("ipv4").GetString()!;
            }

            return _address;
        }
    }

    /// <summary>The web server in the first site's VM, as it is reached by the TAP interface.</summary>
    internal IPEndPoint Machine => new(IPAddress.Parse(Address), 80);

    /// <summary>Serves a directory.</summary>
    internal static SitesProcess Start(string directory, params string[] arguments) =>
        new(null, ["--site", $"{Name}={directory}", .. arguments]);

    /// <summary>The same, with the VMs' network joined to that of the calling thread, a network of its own.</summary>
    internal static SitesProcess StartOnTap(string tap, string directory, params string[] arguments)
    {
        var sites = new SitesProcess(tap, ["--site", $"{Name}={directory}", .. arguments]);
        Denali.Kernel.Tests.Fakes.PrivateNetwork.Configure($"addr add 10.0.0.1/8 dev {tap}");
        return sites;
    }

    /// <summary>Asserts that no VM has ended unasked.</summary>
    internal void AssertNothingFailed() =>
        Assert.DoesNotContain("\"state\":\"Failed\"", Process.OutputSoFar, StringComparison.Ordinal);

    /// <summary>Ends it as Ctrl-C does, and asserts that it ends well.</summary>
    internal void End()
    {
        Process.Signal("INT");
        Command.Result result = Process.WaitForEnd();
        Assert.Equal(0, result.ExitCode);
        string errors = _tap is null ? result.Errors : "";
        Assert.Equal("", errors);
    }

    public void Dispose()
    {
        Process.Dispose();
        Directory.Delete(_cache, recursive: true);
    }

    private string LineWith(string text) =>
        Array.Find(Process.OutputSoFar.Split('\n'), line => line.Contains(text, StringComparison.Ordinal))!;
}
