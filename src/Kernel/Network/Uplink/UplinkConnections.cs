// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Denali.Linux;
using Denali.Net;
using Denali.Net.Tcp;
using TcpListener = Denali.Net.Tcp.TcpListener;

namespace Denali.Kernel.Network;

/// <summary>
/// TCP to the world: a VM's SYN waits until the host has connected, so that the VM learns whether somebody is there.
/// </summary>
internal sealed class UplinkConnections : ITcpListenerEvents
{
    /// <summary>Most connections of all VMs together: the host has as many descriptors to give.</summary>
    private const int ConnectionsMax = 4096;

    /// <summary>Most connections of one VM: as many as a busy client has, and a small part of all.</summary>
    private const int ConnectionsPerMachineMax = 256;

    private const ushort DnsPort = 53;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly HostNetwork _network;
    private readonly IPEndPoint? _nameServer;
    private readonly MachineQuota _quota;
    private TcpListener? _listener;

    internal UplinkConnections(HostNetwork network, IPEndPoint? nameServer)
    {
        _network = network;
        _nameServer = nameServer;
        _quota = new MachineQuota(network.Switch.Addressing, ConnectionsMax, ConnectionsPerMachineMax);
    }

    /// <summary>Starts taking connections. Inside the stack.</summary>
    internal void Open()
    {
        _listener = _network.Stack.Tcp.ListenToAll(backlog: 1, out NetError error)
            ?? throw new InvalidOperationException($"two uplinks at one gateway: {error}");
        _listener.DecidesPerSyn = true;
        _listener.Events = this;
    }

    /// <summary>Stops taking connections. Inside the stack.</summary>
    internal void Close()
    {
        _listener?.Close();
        _listener = null;
    }

    /// <inheritdoc/>
    void ITcpListenerEvents.OnAcceptable(TcpListener listener)
    {
        // Connections are taken when their SYN comes; nothing is left to accept.
    }

    /// <inheritdoc/>
    TcpSynVerdict ITcpListenerEvents.OnSyn(TcpListener listener, TcpConnection connection)
    {
        if (!_network.Switch.IsOutboundAllowed(connection.Remote.Address)
            || FindTarget(connection.Local) is not { } target
            || ResourceLimits.AreFilesScarce()
            || !_quota.TryTake(connection.Remote.Address))
        {
            return TcpSynVerdict.Refuse;
        }

        var stream = new HostStream(_network, connection);
        ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Self.CarryAsync(state.Stream, state.Target),
            (Self: this, Stream: stream, Target: target), preferLocal: false);
        return TcpSynVerdict.Hold;
    }

    private IPEndPoint? FindTarget(IpEndpoint dialled)
    {
        SwitchAddressing addresses = _network.Switch.Addressing;
        if (dialled.Address == addresses.Ipv4Gateway || dialled.Address == addresses.Ipv6Gateway)
        {
            return dialled.Port == DnsPort ? _nameServer : null;
        }

        return UplinkAddress.IsOutside(dialled.Address) ? UplinkAddress.ToHost(dialled) : null;
    }

    private async Task CarryAsync(HostStream stream, IPEndPoint target)
    {
        Socket? socket = null;
        try
        {
            // The host may have no descriptor left.
            socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            using var patience = new CancellationTokenSource(s_patience);
            await socket.ConnectAsync(target, patience.Token).ConfigureAwait(false);
            stream.Proceed();
            await StreamRelay.RunAsync(socket, stream).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException or IOException)
        {
            stream.Abort();
        }
        finally
        {
            socket?.Dispose();
            _quota.Return(stream.Remote.Address);
        }
    }
}
