// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Net;

namespace Denali.Bench.Http;

/// <summary>
/// The servers, in two network namespaces of their own: the client's, with servers on its loopback interface and the
/// VMs behind a TAP interface, and another behind a veth pair.
/// </summary>
internal sealed class HttpServers : IDisposable
{
    internal static readonly IPEndPoint NginxLocal = IPEndPoint.Parse("127.0.0.1:8081");
    internal static readonly IPEndPoint KestrelLocal = IPEndPoint.Parse("127.0.0.1:8082");
    internal static readonly IPEndPoint NginxFar = IPEndPoint.Parse("192.168.99.2:8081");
    internal static readonly IPEndPoint KestrelFar = IPEndPoint.Parse("192.168.99.2:8082");
    internal static readonly IPEndPoint Proxy = IPEndPoint.Parse("127.0.0.1:8083");
    internal static readonly IPEndPoint Ingress = IPEndPoint.Parse("127.0.0.1:8084");

    private readonly NamespaceThread _client = new();
    private readonly NamespaceThread _far = new();
    private readonly List<IDisposable> _processes = [];
    private readonly WebContent _content;

    internal HttpServers(IEnumerable<int> sizes)
    {
        Join();
        _content = new WebContent(sizes);
        Client = new Wrk(_client, _content);
        Machines = new WebMachines(_client, _content);
        try
        {
            Machines.Start(1);
            _processes.Add(NginxServer.Serve(_client, _content, NginxLocal));
            _processes.Add(NginxServer.Serve(_far, _content, NginxFar));
            _processes.Add(KestrelServer.Serve(_client, _content, KestrelLocal));
            _processes.Add(KestrelServer.Serve(_far, _content, KestrelFar));
        }
        catch
        {
            // Processes would outlive this one.
            Dispose();
            throw;
        }
    }

    /// <summary>The client.</summary>
    internal Wrk Client { get; }

    /// <summary>The VMs; one at first.</summary>
    internal WebMachines Machines { get; }

    /// <summary>Starts the ingress with a VM of its own, and nginx as a proxy to nginx.</summary>
    internal void StartProxies()
    {
        _processes.Add(NginxServer.Forward(_client, _content, Proxy, NginxLocal));
        _processes.Add(IngressProcess.Serve(_client, _content, Ingress));
    }

    public void Dispose()
    {
        _processes.ForEach(process => process.Dispose());
        Machines.Dispose();
        _content.Dispose();
        _client.Dispose();
        _far.Dispose();
    }

    private void Join()
    {
        _client.Ip("link set lo up");
        _client.Ip($"link add near type veth peer name far netns {_far.Id}");
        _client.Ip("addr add 192.168.99.1/24 dev near");
        _client.Ip("link set near up");
        _far.Ip("link set lo up");
        _far.Ip("addr add 192.168.99.2/24 dev far");
        _far.Ip("link set far up");
    }
}
