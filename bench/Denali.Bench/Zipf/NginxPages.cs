// SPDX-License-Identifier: MIT
using System.Diagnostics;
using System.IO;
using System.Net;
using Denali.Bench.Http;
using Denali.Bench.Visits;
using Denali.Net;

namespace Denali.Bench.Zipf;

/// <summary>nginx holds all pages. The visitors reach it by a TAP interface. Needs root.</summary>
internal sealed class NginxPages : IPageServer
{
    private const ushort Port = 8080;

    private readonly NamespaceThread _home = new();
    private readonly TapHost _host;
    private readonly ServerProcess _nginx;

    internal NginxPages(PageFiles files)
    {
        try
        {
            _host = new TapHost(_home, "denalipages");
        }
        catch
        {
            _home.Dispose();
            throw;
        }

        try
        {
            // An address of one's own is reached by the loopback interface: so it is asked whether it is up.
            _home.Ip("link set lo up");
            _nginx = Start(files);
        }
        catch
        {
            _host.Dispose();
            _home.Dispose();
            throw;
        }
    }

    public ClientHost Host => _host;

    public PageSet Pages { get; } = PageFiles.At(new IpEndpoint(TapHost.Server, Port));

    public void Dispose()
    {
        _nginx.Dispose();
        _host.Dispose();
        _home.Dispose();
    }

    private ServerProcess Start(PageFiles files)
    {
        string program = ServerProcess.Find("nginx", "nginx-light");
        string folder = Directory.CreateDirectory(Path.Combine(files.Folder, "nginx")).FullName;
        string path = Path.Combine(folder, "nginx.conf");
        var endpoint = new IPEndPoint(IPAddress.Parse(TapHost.ServerAddress), Port);

        // As many open files as its limit of descriptors lets it keep beside its connections.
        string what = $"root {files.Site}; open_file_cache max=8000 inactive=600s;";
        File.WriteAllText(path, NginxServer.Configuration(folder, endpoint, what, ""));
        string[] arguments = ["-c", path, "-p", folder, "-e", "stderr", "-g", "user root;"];
        return new ServerProcess(_home, new ProcessStartInfo(program, arguments), endpoint, "bench");
    }
}
