// SPDX-License-Identifier: MIT
using System;
using Denali.Net;

namespace Ilwaco;

/// <summary>What a thread needs to send echo requests. Used again, with its socket.</summary>
internal sealed class Pinger
{
    private readonly EchoSocket _socket;
    private WaitQueue _waiters;
    private ushort _sequence;

    internal Pinger()
    {
        _socket = Network.Stack.Icmp.OpenEcho();
        _socket.OnReadable = WakeWaiter;
    }

    /// <summary>Next of those that nobody uses.</summary>
    internal Pinger? Next { get; set; }

    /// <summary>Sends a request and waits for its reply, inside of <see cref="Network.Enter"/>.</summary>
    internal Errno Ask(IpAddress destination, ReadOnlySpan<byte> payload, ulong deadlineNs)
    {
        ushort sequence = ++_sequence;
        NetError error = _socket.Send(destination, sequence, payload);
        if (error != NetError.None)
        {
            return error == NetError.NoBuffers ? Errno.ENOBUFS : Errno.EHOSTUNREACH;
        }

        while (true)
        {
            Network.Poll();
            while (_socket.TryReceive(default, out IpAddress source, out ushort received, out _) >= 0)
            {
                // Late replies to earlier requests, and replies of those who were not asked, do not count.
                if (received == sequence && source == destination)
                {
                    return Errno.None;
                }
            }

            if (Clock.MonotonicNs >= deadlineNs)
            {
                return Errno.ETIMEDOUT;
            }

            CriticalSection.Enter();
            Network.Lock.HandOver();
            _ = _waiters.Wait(deadlineNs);
            CriticalSection.Leave();
            Network.Enter();
        }
    }

    private void WakeWaiter()
    {
        CriticalSection.Enter();
        _waiters.WakeAll();
        CriticalSection.Leave();
    }
}
