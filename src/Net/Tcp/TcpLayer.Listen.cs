// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <content>Listeners, and segments that open connections.</content>
public sealed partial class TcpLayer
{
    private TcpListener? _listeners;

    /// <summary>Listens to an endpoint.</summary>
    /// <param name="local">
    /// The endpoint. An unspecified address takes all addresses: 0.0.0.0 those of IPv4, :: those of both families.
    /// </param>
    /// <param name="backlog">Most connections that wait to be accepted, at least 1.</param>
    /// <param name="error">AddressInUse or AddressInvalid.</param>
    /// <returns>The listener, or null.</returns>
    public TcpListener? Listen(IpEndpoint local, int backlog, out NetError error)
    {
        if (local.Port == 0 || local.Address.IsMulticast)
        {
            error = NetError.AddressInvalid;
            return null;
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
        return AddListener(new TcpListener(this, local, Math.Max(backlog, 1)));
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

        bool isOfBoth = listener.Local.Address == default;
        return !listener.Local.Address.IsAny ? 0 : isOfBoth ? 2 : local.Address.IsIpv4 ? 3 : 0;
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

        if (listener.SynQueueCount >= Settings.SynQueueMax)
        {
            OnSynQueueFull(listener, segment, nowNs);
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

    private void OnSynQueueFull(TcpListener listener, in TcpSegment segment, ulong nowNs)
    {
        if (listener.DecidesPerSyn)
        {
            Counters.ListenDrops++;
            return;
        }

        listener.OverflowNs = Math.Max(nowNs, 1);
        Counters.CookiesSent++;
        SendCookie(segment, nowNs);
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
