// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <content>Active opens, and the ports they get.</content>
public sealed partial class TcpLayer
{
    private uint _nextPort;

    private uint EphemeralCount => (uint)(Settings.EphemeralPortLast - Settings.EphemeralPortFirst) + 1;

    /// <summary>Opens a connection.</summary>
    /// <param name="local">
    /// Our end. An unspecified address is chosen by the route, port 0 by the stack (RFC 6056 section 3.3.3).
    /// </param>
    /// <param name="remote">The peer's end.</param>
    /// <param name="error">AddressInvalid, AddressInUse, Unreachable or NoBuffers.</param>
    /// <returns>
    /// The connection in SYN-SENT, which the caller owns, or null. <see cref="ITcpEvents.OnConnected"/> or
    /// <see cref="ITcpEvents.OnClosed"/> follows.
    /// </returns>
    public TcpConnection? Connect(IpEndpoint local, IpEndpoint remote, out NetError error)
    {
        IpAddress source = local.Address;
        if (remote.Port == 0 || remote.Address.IsAny || remote.Address.IsMulticast
            || remote.Address == IpAddress.Ipv4Broadcast
            || (!source.IsAny && source.IsIpv4 != remote.Address.IsIpv4))
        {
            error = NetError.AddressInvalid;
            return null;
        }

        if (source.IsAny && !Ip.TryGetSource(remote.Address, out source))
        {
            error = NetError.Unreachable;
            return null;
        }

        IpEndpoint from = new(source, local.Port);
        if (local.Port == 0 ? !TryChoosePort(source, remote, out from) : IsInUse(from, remote))
        {
            error = NetError.AddressInUse;
            return null;
        }

        TcpConnection? connection = Allocate(from, remote);
        if (connection is null)
        {
            error = NetError.NoBuffers;
            return null;
        }

        connection.TakeOwnership();
        connection.OpenActively(NowNs);
        error = NetError.None;
        return connection;
    }

    private bool IsInUse(in IpEndpoint local, in IpEndpoint remote) =>
        Connections.Find(local, remote) is not null || _timeWaits.Find(local, remote) != TimeWaitTable.None;

    // RFC 6056 section 3.3.3: a keyed offset per destination and a counter, so that ports are hard to guess and yet
    // used again as late as can be. A port that a listener has is left to it.
    private bool TryChoosePort(IpAddress source, in IpEndpoint remote, out IpEndpoint local)
    {
        uint count = EphemeralCount;
        uint offset = Secrets.PortOffset(source, remote);
        for (uint i = 0; i < count; i++)
        {
            ushort port = (ushort)(Settings.EphemeralPortFirst + ((offset + _nextPort++) % count));
            local = new IpEndpoint(source, port);
            TcpListener? listener = FindListener(local);
            if (!IsInUse(local, remote) && (listener is null || listener.AcceptsAnyAddress))
            {
                return true;
            }
        }

        local = default;
        return false;
    }
}
