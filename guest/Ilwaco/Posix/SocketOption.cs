// SPDX-License-Identifier: MIT
namespace Ilwaco;

/// <summary>Options of sockets. Times are in milliseconds, sizes in bytes, switches 0 or 1.</summary>
public enum SocketOption
{
    /// <summary>Take and clear the pending error (SO_ERROR); to be read only.</summary>
    Error,

    /// <summary>Whether it listens (SO_ACCEPTCONN); to be read only.</summary>
    AcceptsConnections,

    /// <summary>Kind of the socket (SO_TYPE); to be read only.</summary>
    Type,

    /// <summary>Bind although an old connection has the port (SO_REUSEADDR).</summary>
    ReuseAddress,

    /// <summary>Most bytes waiting to be sent (SO_SNDBUF).</summary>
    SendBuffer,

    /// <summary>Most bytes waiting to be read (SO_RCVBUF).</summary>
    ReceiveBuffer,

    /// <summary>Longest wait in a sending call (SO_SNDTIMEO); 0 for no limit.</summary>
    SendTimeout,

    /// <summary>Longest wait in a receiving call, accept included (SO_RCVTIMEO); 0 for no limit.</summary>
    ReceiveTimeout,

    /// <summary>Ask an idle peer whether it is there (SO_KEEPALIVE).</summary>
    KeepAlive,

    /// <summary>Silence before the first question (TCP_KEEPIDLE).</summary>
    KeepAliveIdle,

    /// <summary>Time between questions (TCP_KEEPINTVL).</summary>
    KeepAliveInterval,

    /// <summary>Questions before the connection is given up (TCP_KEEPCNT).</summary>
    KeepAliveCount,

    /// <summary>How long close tries to deliver (SO_LINGER); -1 for the default, 0 resets.</summary>
    Linger,

    /// <summary>Small segments go out at once (TCP_NODELAY).</summary>
    NoDelay,

    /// <summary>Only full segments go out (TCP_CORK).</summary>
    Cork,

    /// <summary>How long data may stay unacknowledged (TCP_USER_TIMEOUT); 0 for the default.</summary>
    UserTimeout,

    /// <summary>Bytes per segment (TCP_MAXSEG); to be read only.</summary>
    MaximumSegment,

    /// <summary>No IPv4 peers (IPV6_V6ONLY).</summary>
    Ipv6Only,

    /// <summary>Time to live or hop limit of what is sent (IP_TTL).</summary>
    HopLimit,

    /// <summary>Type of service or traffic class of what is sent (IP_TOS).</summary>
    TrafficClass,

    /// <summary>Bytes that can be read without waiting (FIONREAD); to be read only.</summary>
    Readable,

    /// <summary>
    /// Bytes that were sent and that the peer has not acknowledged, its end counting as one; read only (SIOCOUTQ).
    /// </summary>
    Unacknowledged,

    /// <summary>Calls never wait (O_NONBLOCK).</summary>
    NonBlocking,
}
