// SPDX-License-Identifier: MIT
using System;
using System.Net;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// The way out that needs no privilege: what VMs send to the world is ended at the gateway and made anew by the host's
/// own sockets. TCP, UDP, ICMP echo, and the host's name server at the gateway's address.
/// </summary>
/// <remarks>
/// <para>Only VMs with <see cref="NetworkOptions.AllowOutbound"/>; others get a reset, or no answer.</para>
/// <para>The host's loopback addresses and link-local addresses cannot be reached, whatever a VM asks for.</para>
/// </remarks>
public sealed class UserUplink : IDisposable
{
    private readonly HostNetwork _network;
    private readonly UplinkConnections _connections;
    private readonly UplinkDatagrams _datagrams;
    private readonly UplinkEcho _echo;

    /// <summary>Opens the way out.</summary>
    /// <param name="network">The kernel's host on the LAN; dispose this first.</param>
    /// <param name="nameServer">Where DNS queries to the gateway go; null for the host's own name server.</param>
    public UserUplink(HostNetwork network, IPEndPoint? nameServer = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        _network = network;
        nameServer ??= HostResolver.Find();
        _connections = new UplinkConnections(network, nameServer);
        _datagrams = new UplinkDatagrams(network, nameServer);
        _echo = new UplinkEcho(network);
        NetworkStack stack = network.Stack;
        network.Enter();
        stack.Interface.AcceptsAnyDestination = true;
        stack.Udp.Foreign = _datagrams;
        stack.Icmp.ForeignEcho = _echo;
        _connections.Open();
        network.Leave();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NetworkStack stack = _network.Stack;
        _network.Enter();
        stack.Interface.AcceptsAnyDestination = false;
        stack.Udp.Foreign = null;
        stack.Icmp.ForeignEcho = null;
        _connections.Close();
        _network.Leave();
        _datagrams.Dispose();
        _echo.Dispose();
    }
}
