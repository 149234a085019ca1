// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <content>Listeners, and segments that open connections.</content>
public sealed partial class TcpLayer
{
    private TcpListener? _listeners;

    /// <summary>Listens to an endpoint.</summary>
    /// <param name="local">
    /// The endpoint. An unspecified address takes all addresses: 0.0.0.0 those of IPv4, :: those of both families. Port
    /// 0 takes a free one, which <see cref="TcpListener.Local"/> tells.
    /// </param>
    /// <param name="backlog">Most connections that wait to be accepted, at least 1.</param>
    /// <param name="error">AddressInUse or AddressInvalid.</param>
    /// <param name="isIpv6Only">Whether :: takes the addresses of IPv6 only (RFC 3493 section 5.3).</param>
    /// <returns>The listener, or null.</returns>
    public TcpListener? Listen(IpEndpoint local, int backlog, out NetError error, bool isIpv6Only = false)
    {
        if (local.Address.IsMulticast)
        {
            error = NetError.AddressInvalid;
            return null;
        }

        if (local.Port == 0)
        {
            if (!TryFindPort(out ushort port))
            {
                error = NetError.AddressInUse;
                return null;
            }

            local = new IpEndpoint(local.Address, port);
        }

        for (TcpListener? at = _listeners; at is not null; at = at.Next)
        {
            if (!at.AcceptsAnyAddress && at.Local == local)
            {
                error = NetError.AddressInUse;
                return null;
            }
        }

        error = NetError.None;
        return AddListener(new TcpListener(this, local, Math.Max(backlog, 1)) { IsIpv6Only = isIpv6Only });
    }

    /// <summary>Finds a port that nobody listens to. It is not kept; the next call finds another one.</summary>
    /// <param name="port">The port, one of those that the stack chooses.</param>
    /// <returns>False if all are taken.</returns>
    public bool TryFindPort(out ushort port)
    {
        uint count = EphemeralCount;
        uint offset = Secrets.PortOffset(default, default);
        for (uint i = 0; i < count; i++)
        {
            port = (ushort)(Settings.EphemeralPortFirst + ((offset + _nextPort++) % count));
            if (!IsListenedTo(port))
            {
                return true;
            }
        }

        port = 0;
        return false;
    }

    /// <summary>
    /// Listens to every address and port that nobody else listens to, see <see cref="TcpListener.AcceptsAnyAddress"/>.
    /// </summary>
    /// <param name="backlog">Most connections that wait to be accepted, at least 1.</param>
    /// <param name="error">AddressInUse if there is such a listener already.</param>
    /// <returns>The listener, or null.</returns>
    public TcpListener? ListenToAll(int backlog, out NetError error)
    {
        for (TcpListener? at = _listeners; at is not null; at = at.Next)
        {
            if (at.AcceptsAnyAddress)
            {
                error = NetError.AddressInUse;
                return null;
            }
        }

        error = NetError.None;
        return AddListener(new TcpListener(this, default, Math.Max(backlog, 1)) { AcceptsAnyAddress = true });
    }

    internal void RemoveListener(TcpListener listener)
    {
        if (_listeners == listener)
        {
            _listeners = listener.Next;
        }
        else
        {
            TcpListener at = _listeners!;
            while (at.Next != listener)
            {
                at = at.Next!;
            }

            at.Next = listener.Next;
        }

        while (Connections.FindEmbryo(listener) is TcpConnection embryo)
        {
            embryo.Finish(NetError.Aborted);
            embryo.DeliverEvents();
        }
    }

    private TcpListener AddListener(TcpListener listener)
    {
        listener.Next = _listeners;
        _listeners = listener;
        return listener;
    }

    private bool IsListenedTo(ushort port)
    {
        TcpListener? at = _listeners;
        while (at is not null && (at.AcceptsAnyAddress || at.Local.Port != port))
        {
            at = at.Next;
        }

        return at is not null;
    }

    // The most specific one. There are few listeners: a list is enough, and it is read for SYNs only.
    private TcpListener? FindListener(in IpEndpoint local)
    {
        TcpListener? best = null;
        int bestRank = 0;
        for (TcpListener? at = _listeners; at is not null; at = at.Next)
        {
            int rank = RankOf(at, local);
            if (rank > bestRank)
            {
                best = at;
                bestRank = rank;
            }
        }

        return best;
    }

    private static int RankOf(TcpListener listener, in IpEndpoint local)
    {
        if (listener.AcceptsAnyAddress)
        {
            return 1;
        }

        if (listener.Local.Port != local.Port)
        {
            return 0;
        }

        if (listener.Local.Address == local.Address)
        {
            return 4;
        }

        if (!listener.Local.Address.IsAny)
        {
            return 0;
        }

        bool isOfBoth = listener.Local.Address == default && !listener.IsIpv6Only;
        return isOfBoth ? 2 : listener.Local.Address.IsIpv4 == local.Address.IsIpv4 ? 3 : 0;
    }

    // RFC 9293 section 3.10.7.2.
    private void OnSegmentInListen(TcpListener listener, in TcpSegment segment, uint? after, ulong nowNs)
    {
        if (segment.Has(TcpFlags.Rst))
        {
            return;
        }

        if (segment.Has(TcpFlags.Ack))
        {
            if (segment.Has(TcpFlags.Syn) || !TryOpenFromCookie(listener, segment, nowNs))
            {
                SendResetFor(segment);
            }

            return;
        }

        if (!segment.Has(TcpFlags.Syn) || segment.Has(TcpFlags.Fin))
        {
            return;
        }

        if (listener.PendingCount >= listener.Backlog)
        {
            // What could not be accepted is not begun.
            Counters.ListenDrops++;
            return;
        }

        // Whoever decides about each SYN decides how many may wait: one peer's must not keep out another's.
        if (listener.SynQueueCount >= Settings.SynQueueMax && !listener.DecidesPerSyn)
        {
            listener.OverflowNs = Math.Max(nowNs, 1);
            Counters.CookiesSent++;
            SendCookie(segment, nowNs);
            return;
        }

        OpenPassively(listener, segment, after, nowNs);
    }

    private void OpenPassively(TcpListener listener, in TcpSegment segment, uint? after, ulong nowNs)
    {
        TcpConnection? connection = Allocate(segment.Local, segment.Remote);
        if (connection is null)
        {
            Counters.ListenDrops++;
            return;
        }

        connection.Listener = listener;
        listener.SynQueueCount++;
        if (!listener.DecidesPerSyn)
        {
            connection.OpenPassively(segment, after, isHeld: false, nowNs);
            return;
        }

        connection.OpenPassively(segment, after, isHeld: true, nowNs);
        TcpSynVerdict verdict = listener.Events?.OnSyn(listener, connection) ?? TcpSynVerdict.Accept;
        if (connection.State == TcpState.SynReceived)
        {
            connection.ObeyVerdict(verdict);
        }

        connection.DeliverEvents();
    }

    private bool TryOpenFromCookie(TcpListener listener, in TcpSegment segment, ulong nowNs)
    {
        if (listener.OverflowNs == 0 || nowNs - listener.OverflowNs > 2 * SynCookies.PeriodNs
            || !_cookies.TryRead(segment, nowNs, out SynCookieContent content))
        {
            return false;
        }

        TcpConnection? connection = listener.PendingCount >= listener.Backlog
            ? null
            : Allocate(segment.Local, segment.Remote);
        if (connection is null)
        {
            // It is ours, but there is no place. The peer will send again.
            Counters.ListenDrops++;
            return true;
        }

        Counters.CookiesAccepted++;
        connection.Listener = listener;
        listener.SynQueueCount++;
        connection.OpenFromCookie(segment, content, nowNs);
        TcpSegment again = segment;
        connection.OnSegment(ref again, nowNs);
        connection.DeliverEvents();
        return true;
    }
}
