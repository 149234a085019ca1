// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using Denali.Bench.Http;

namespace Denali.Bench.Peers;

/// <summary>A process per site: nginx with one worker each. Needs root, for a network namespace.</summary>
internal sealed class NginxPeer : IPeerKind
{
    private const int FirstPort = 20_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("denali-bench-").FullName;
    private readonly string? _program = PeerProcess.Find("nginx");
    private NamespaceThread? _home;

    public string Name => "an nginx for each site";

    public string? Missing =>
        _program is null ? "not installed: apt-get install nginx-light"
        : Environment.IsPrivilegedProcess ? null
        : "needs root, for a network namespace";

    public IPeerInstance Start(int number)
    {
        if (_home is null)
        {
            _home = new NamespaceThread();
            _home.Ip("link set lo up");
        }

        var endpoint = new IPEndPoint(IPAddress.Loopback, FirstPort + number);
        string folder = Directory.CreateDirectory(Path.Combine(_folder, $"{number}")).FullName;
        File.WriteAllBytes(Path.Combine(folder, "index.html"), new byte[WebFleet.PageBytes]);
        string path = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(path, NginxServer.Configuration(folder, endpoint, $"root {folder};", ""));
        string[] arguments = ["-c", path, "-p", folder, "-e", "stderr", "-g", "user root;"];
        return new ServerProcess(_home, new ProcessStartInfo(_program!, arguments), endpoint, "bench");
    }

    public void Dispose()
    {
        _home?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
