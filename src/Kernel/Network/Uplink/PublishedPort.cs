// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Denali.Linux;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>Forwards a TCP port of the host to a port of a VM, without privilege.</summary>
/// <remarks>Each connection is ended and made anew here, so neither side sees the other's addresses.</remarks>
public sealed class PublishedPort : IDisposable
{
    private const int Backlog = 512;

    private static readonly TimeSpan s_retryAfter = TimeSpan.FromMilliseconds(20);

    private readonly HostNetwork _network;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _ending = new();

    private PublishedPort(HostNetwork network, Socket listener)
    {
        _network = network;
        _listener = listener;
    }

    /// <summary>Where the host listens; the port is the real one if any would do.</summary>
    public IPEndPoint Local => (IPEndPoint)_listener.LocalEndPoint!;

    /// <summary>Opens a port of the host for a VM that is there.</summary>
    /// <param name="network">The kernel's host on the LAN.</param>
    /// <param name="local">Where to listen; port 0 for any.</param>
    /// <param name="target">The VM's endpoint.</param>
    /// <returns>The port; dispose it to close it. Connections that are open go on.</returns>
    /// <exception cref="KernelException">The port cannot be opened; the message says why and what to do.</exception>
    public static PublishedPort Open(HostNetwork network, IPEndPoint local, IpEndpoint target)
    {
        PublishedPort port = Open(network, local);
        port.Forward(target);
        return port;
    }

    /// <summary>
    /// Opens a port of the host before there is a VM for it, so that no VM is made if the port cannot be had. Clients
    /// wait until <see cref="Forward"/>.
    /// </summary>
    /// <param name="network">The kernel's host on the LAN.</param>
    /// <param name="local">Where to listen; port 0 for any.</param>
    /// <returns>The port; dispose it to close it.</returns>
    /// <exception cref="KernelException">The port cannot be opened; the message says why and what to do.</exception>
    public static PublishedPort Open(HostNetwork network, IPEndPoint local)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(local);
        var listener = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(local);
            listener.Listen(Backlog);
        }
        catch (SocketException failure)
        {
            listener.Dispose();
            throw new KernelException(Explain(local, failure.SocketErrorCode), failure);
        }

        return new PublishedPort(network, listener);
    }

    /// <summary>Begins to take clients, once.</summary>
    /// <param name="target">The VM's endpoint.</param>
    public void Forward(IpEndpoint target) => _ = AcceptAllAsync(target);

    /// <inheritdoc/>
    public void Dispose()
    {
        _ending.Cancel();
        _listener.Dispose();
    }

    private static string Explain(IPEndPoint local, SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse =>
            $"port {local.Port} of {local.Address} is in use: publish on another one, or end what uses it",
        SocketError.AccessDenied =>
            $"port {local.Port} needs privilege: take one from 1024 on, or lower net.ipv4.ip_unprivileged_port_start",
        SocketError.AddressNotAvailable =>
            $"{local.Address} is not an address of this machine: publish on one that is",
        _ => $"port {local.Port} of {local.Address} cannot be opened: {error}",
    };

    /// <summary>As if the port were closed, which is what it is behind here.</summary>
    private static void Refuse(Socket client)
    {
        client.LingerState = new LingerOption(enable: true, 0);
        client.Dispose();
    }

    private async Task AcceptAllAsync(IpEndpoint target)
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                Socket client = await _listener.AcceptAsync(_ending.Token).ConfigureAwait(false);
                if (ResourceLimits.AreFilesScarce())
                {
                    Refuse(client);
                }
                else
                {
                    _ = ForwardAsync(client, target);
                }
            }
            catch (SocketException)
            {
                // A client that gave up while it waited; or no descriptor is free, which takes a while to change.
                await Task.Delay(s_retryAfter).ConfigureAwait(false);
            }
            catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ForwardAsync(Socket client, IpEndpoint target)
    {
        HostStream stream;
        try
        {
            stream = await _network.ConnectAsync(target, _ending.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or ObjectDisposedException)
        {
            Refuse(client);
            return;
        }

        await StreamRelay.RunAsync(client, stream).ConfigureAwait(false);
    }
}
