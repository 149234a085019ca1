// SPDX-License-Identifier: MIT
using System;
using Denali.Net;

namespace Ilwaco;

/// <summary>Asks a host whether it is there: ICMP echo (RFC 792, RFC 4443 section 4).</summary>
public static class Ping
{
    private const int PayloadBytes = 56;

    // Those that no thread uses; under the network's lock.
    private static Pinger? s_free;

    /// <summary>Sends a request and waits for the reply.</summary>
    /// <param name="destination">Whom to ask.</param>
    /// <param name="timeoutNs">How long to wait, in nanoseconds.</param>
    /// <param name="roundTripNs">How long it took, if a reply came.</param>
    /// <returns>0; or ETIMEDOUT, EHOSTUNREACH, ENOBUFS, ENETDOWN.</returns>
    public static int Send(IpAddress destination, ulong timeoutNs, out ulong roundTripNs)
    {
        roundTripNs = 0;
        if (!Network.IsPresent)
        {
            return -(int)Errno.ENETDOWN;
        }

        Span<byte> payload = stackalloc byte[PayloadBytes];
        payload.Clear();
        Network.Enter();
        Pinger pinger = s_free ?? new Pinger();
        s_free = pinger.Next;
        pinger.Next = null;
        ulong startNs = Clock.MonotonicNs;
        Errno error = pinger.Ask(destination, payload, Clock.After(timeoutNs));
        roundTripNs = error == Errno.None ? Clock.MonotonicNs - startNs : 0;
        pinger.Next = s_free;
        s_free = pinger;
        Network.Leave();
        return -(int)error;
    }
}
