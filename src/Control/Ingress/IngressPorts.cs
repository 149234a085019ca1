// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Denali.Control.Ingress;

/// <summary>
/// Where an <see cref="IngressServer"/> is to listen, taken before it starts: whoever takes them knows that the server
/// will start, and a visitor who comes early waits until it does.
/// </summary>
/// <remarks>One thread at a time.</remarks>
public sealed class IngressPorts : IDisposable
{
    /// <summary>How many visitors' connections wait to be taken.</summary>
    internal const int Backlog = 1024;

    // Two may be alike: a port of 0 is another one each time.
    private readonly List<(IPEndPoint Endpoint, Socket Socket)> _ports = [];
    private int _given;

    private IngressPorts()
    {
    }

    /// <summary>Where they are; ports that were 0 are the ones that were found.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints => [.. _ports.Select(port => (IPEndPoint)port.Socket.LocalEndPoint!)];

    /// <summary>Takes ports.</summary>
    /// <param name="endpoints">Where to listen. A port of 0 is one that is free.</param>
    /// <returns>The ports; to be disposed after the server.</returns>
    /// <exception cref="ControlException">One of them cannot be had; then none is taken.</exception>
    public static IngressPorts Take(IReadOnlyList<IPEndPoint> endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var ports = new IngressPorts();
        try
        {
            foreach (IPEndPoint endpoint in endpoints)
            {
                Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
                ports._ports.Add((endpoint, socket));
                socket.Listen(Backlog);
            }

            return ports;
        }
        catch (SocketException e)
        {
            ports.Dispose();
            string where = string.Join(" and ", endpoints);
            throw new ControlException(
                e.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? $"cannot listen on {where}: the port is in use; choose another with --listen"
                    : $"cannot listen on {where} ({e.Message}); choose another address or port with --listen",
                e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ports.ForEach(port => port.Socket.Dispose());

    /// <summary>Gives the server the socket of an endpoint: each once, in the order in which they were taken.</summary>
    internal Socket Give(EndPoint endpoint)
    {
        (IPEndPoint expected, Socket socket) = _ports.ElementAt(_given++);
        return expected.Equals(endpoint)
            ? socket
            : throw new InvalidOperationException($"the server listens on {endpoint} before {expected}");
    }
}
