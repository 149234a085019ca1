// SPDX-License-Identifier: MIT
using System;
using System.ComponentModel;
using System.Net.NetworkInformation;
using System.Threading;
using System.Threading.Tasks;
using Denali.Linux;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>ICMP echo to the world: the host asks in the VM's stead.</summary>
internal sealed class UplinkEcho : IEchoHandler, IDisposable
{
    /// <summary>Most requests under way; beyond it they are dropped.</summary>
    private const int RequestsMax = 64;

    /// <summary>Most of one VM.</summary>
    private const int RequestsPerMachineMax = 16;

    /// <summary>Most bytes that the host's own ping takes; larger requests are dropped.</summary>
    private const int PayloadMax = 65500;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly HostNetwork _network;
    private readonly MachineQuota _quota;
    private readonly CancellationTokenSource _ending = new();

    internal UplinkEcho(HostNetwork network)
    {
        _network = network;
        _quota = new MachineQuota(network.Switch.Addressing, RequestsMax, RequestsPerMachineMax);
    }

    /// <inheritdoc/>
    void IEchoHandler.OnEchoRequest(in IpPacket packet, uint rest, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > PayloadMax
            || !UplinkAddress.IsOutside(packet.Destination)
            || !_network.Switch.IsOutboundAllowed(packet.Source)
            || ResourceLimits.AreFilesScarce()
            || !_quota.TryTake(packet.Source))
        {
            return;
        }

        ThreadPool.UnsafeQueueUserWorkItem(
            static state => _ = state.Self.AskAsync(state.Source, state.Destination, state.Request, state.Payload),
            (Self: this, packet.Source, packet.Destination, Request: rest, Payload: payload.ToArray()),
            preferLocal: false);
    }

    /// <inheritdoc/>
    public void Dispose() => _ending.Cancel();

    private async Task AskAsync(IpAddress source, IpAddress destination, uint rest, byte[] payload)
    {
        try
        {
            using var ping = new Ping();
            PingReply reply = await ping.SendPingAsync(
                UplinkAddress.ToHost(new IpEndpoint(destination, 0)).Address,
                s_patience,
                payload,
                options: null,
                _ending.Token).ConfigureAwait(false);
            if (reply.Status == IPStatus.Success)
            {
                _network.Enter();
                _network.Stack.Icmp.SendForeignReply(destination, source, rest, payload);
                _network.Leave();
            }
        }
        catch (Exception failure) when (failure is PingException or OperationCanceledException or Win32Exception)
        {
            // No answer, as from a host that is not there.
        }
        finally
        {
            _quota.Return(source);
        }
    }
}
