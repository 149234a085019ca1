// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Net;

namespace Denali.Control.Sites;

/// <summary>A VM of a kernel that serves a site.</summary>
internal sealed class KernelSiteMachine : ISiteMachine
{
    private const ushort Port = 80;

    private readonly IsolationKernel _kernel;
    private readonly HostNetwork? _network;
    private readonly UInt128 _template;

    internal KernelSiteMachine(IsolationKernel kernel, HostNetwork? network, ulong id, UInt128 template)
    {
        _template = template;
        _kernel = kernel;
        _network = network;
        Id = id;
    }

    public ulong Id { get; }

    public SiteGroup? Group { get; init; }

    public string Template => _template.ToString("x32", CultureInfo.InvariantCulture);

    public string Ipv4Address => Format(_kernel.Switch.AddressOf(Id));

    public string Ipv6Address => Format(_kernel.Switch.Ipv6AddressOf(Id));

    public MachineUsage Usage => _kernel.TryGetUsage(Id, out MachineUsage usage) ? usage : default;

    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellation)
    {
        Stream stream = _network is null
            ? await ConnectByLinuxAsync(cancellation).ConfigureAwait(false)
            : await _network.ConnectAsync(
                new IpEndpoint(_kernel.Switch.AddressOf(Id), Port), cancellation).ConfigureAwait(false);

        // An address goes on to the next VM. This one had it all the time if it still runs.
        if (_kernel.TryGetUsage(Id, out _))
        {
            return stream;
        }

        await stream.DisposeAsync().ConfigureAwait(false);
        throw new IOException("the VM has ended");
    }

    public void RequestTermination() => _kernel.RequestTermination(Id);

    public void Kill() => _kernel.Kill(Id);

    private static string Format(IpAddress address)
    {
        Span<byte> text = stackalloc byte[IpText.LongestBytes];
        return Encoding.ASCII.GetString(text[..IpText.Format(address, text)]);
    }

    private async ValueTask<Stream> ConnectByLinuxAsync(CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            var remote = new IPEndPoint(IPAddress.Parse(Ipv4Address), Port);
            await socket.ConnectAsync(remote, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
