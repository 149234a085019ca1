// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Denali.Linux;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// UDP to the world: a socket of the host for each pair of a VM's endpoint and a foreign one, until neither has sent
/// for a while (RFC 4787).
/// </summary>
internal sealed class UplinkDatagrams : IForeignDatagramHandler, IDisposable
{
    /// <summary>Most pairs of all VMs together; beyond it datagrams are dropped.</summary>
    private const int FlowsMax = 1024;

    /// <summary>Most pairs of one VM.</summary>
    private const int FlowsPerMachineMax = 256;
    private const ushort DnsPort = 53;

    // RFC 4787 section 4.3 asks for two minutes; a DNS query has its answer long before.
    private static readonly TimeSpan s_idleLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_dnsLimit = TimeSpan.FromSeconds(20);

    private readonly HostNetwork _network;
    private readonly IPEndPoint? _nameServer;
    private readonly Dictionary<(IpEndpoint Machine, IpEndpoint Foreign), Socket> _flows = [];
    private readonly MachineQuota _quota;
    private bool _isDisposed;

    internal UplinkDatagrams(HostNetwork network, IPEndPoint? nameServer)
    {
        _network = network;
        _nameServer = nameServer;
        _quota = new MachineQuota(network.Switch.Addressing, FlowsMax, FlowsPerMachineMax);
    }

    /// <inheritdoc/>
    bool IForeignDatagramHandler.TryTake(IpEndpoint source, IpEndpoint destination, ReadOnlySpan<byte> payload)
    {
        SwitchAddressing addresses = _network.Switch.Addressing;
        bool isGateway = destination.Address == addresses.Ipv4Gateway || destination.Address == addresses.Ipv6Gateway;
        if (isGateway && destination.Port != DnsPort)
        {
            return false;
        }

        IPEndPoint? target = isGateway ? _nameServer
            : UplinkAddress.IsOutside(destination.Address) ? UplinkAddress.ToHost(destination)
            : null;
        if (target is null || !_network.Switch.IsOutboundAllowed(source.Address))
        {
            // Dropped: a VM that may not go out is not told who is there.
            return true;
        }

        Socket? socket = Find(source, destination, target);
        try
        {
            _ = socket?.Send(payload);
        }
        catch (SocketException)
        {
            // Lost, as datagrams may be: nobody listens there, or the host's own queue is full.
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _network.Enter();
        _isDisposed = true;
        foreach (Socket socket in _flows.Values)
        {
            socket.Dispose();
        }

        _flows.Clear();
        _network.Leave();
    }

    private Socket? Find(IpEndpoint source, IpEndpoint destination, IPEndPoint target)
    {
        if (_flows.TryGetValue((source, destination), out Socket? socket))
        {
            return socket;
        }

        if (_isDisposed || ResourceLimits.AreFilesScarce() || !_quota.TryTake(source.Address))
        {
            return null;
        }

        try
        {
            // The host may have no descriptor left.
            socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
            socket.Connect(target);
        }
        catch (SocketException)
        {
            socket?.Dispose();
            _quota.Return(source.Address);
            return null;
        }

        _flows.Add((source, destination), socket);
        TimeSpan limit = target.Port == DnsPort ? s_dnsLimit : s_idleLimit;
        _ = CarryBackAsync(socket, source, destination, limit);
        return socket;
    }

    private async Task CarryBackAsync(Socket socket, IpEndpoint machine, IpEndpoint foreign, TimeSpan limit)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(65536);
        using var patience = new CancellationTokenSource();
        try
        {
            while (true)
            {
                patience.CancelAfter(limit);
                int length;
                try
                {
                    length = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token).ConfigureAwait(false);
                }
                catch (SocketException failure) when (failure.SocketErrorCode == SocketError.ConnectionRefused)
                {
                    continue;
                }

                _network.Enter();
                _ = _network.Stack.Udp.SendFrom(foreign, machine, buffer.AsSpan(0, length));
                _network.Leave();
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            Forget(machine, foreign);
        }
        finally
        {
            socket.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Forget(IpEndpoint machine, IpEndpoint foreign)
    {
        _network.Enter();
        if (_flows.Remove((machine, foreign)))
        {
            _quota.Return(machine.Address);
        }

        _network.Leave();
    }
}
