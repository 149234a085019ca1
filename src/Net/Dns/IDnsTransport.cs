// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>What <see cref="DnsResolver"/> asks of its owner. It must not be called back from within.</summary>
public interface IDnsTransport
{
    /// <summary>
    /// Opens a UDP port. What arrives there goes to <see cref="DnsResolver.HandleDatagram"/> until it is closed.
    /// </summary>
    /// <param name="port">The port.</param>
    /// <returns>False if it is in use.</returns>
    bool TryOpenPort(ushort port);

    /// <summary>Closes a port.</summary>
    /// <param name="port">The port.</param>
    void ClosePort(ushort port);

    /// <summary>Sends a datagram. If it gets lost, it is sent again later.</summary>
    /// <param name="port">Port to send it from; open.</param>
    /// <param name="server">Where to.</param>
    /// <param name="message">The message, valid during the call.</param>
    void SendDatagram(ushort port, IpEndpoint server, ReadOnlySpan<byte> message);

    /// <summary>
    /// Begins a TCP connection. The owner calls <see cref="DnsResolver.HandleStreamOpened"/>,
    /// <see cref="DnsResolver.HandleStreamData"/> and <see cref="DnsResolver.HandleStreamClosed"/>.
    /// </summary>
    /// <param name="stream">Number to call it by; free.</param>
    /// <param name="server">Where to.</param>
    /// <returns>False if that cannot be done.</returns>
    bool TryOpenStream(int stream, IpEndpoint server);

    /// <summary>Sends all of a message, of at most 300 bytes, which fits into a new connection's buffer.</summary>
    /// <param name="stream">Which connection.</param>
    /// <param name="message">The message, valid during the call.</param>
    /// <returns>False if it did not fit.</returns>
    bool TrySendStream(int stream, ReadOnlySpan<byte> message);

    /// <summary>Ends a connection. Nothing is said about it any more.</summary>
    /// <param name="stream">Which.</param>
    void CloseStream(int stream);

    /// <summary>A query that was pending is not any more.</summary>
    /// <param name="query">Which.</param>
    void OnCompleted(DnsQuery query);
}
