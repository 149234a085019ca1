// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <summary>States of a connection (RFC 9293 section 3.3.2). LISTEN is a <see cref="TcpListener"/>.</summary>
public enum TcpState : byte
{
    /// <summary>There is no connection.</summary>
    Closed,

    /// <summary>Our SYN is on its way.</summary>
    SynSent,

    /// <summary>A SYN came; the acknowledgment of ours is missing.</summary>
    SynReceived,

    /// <summary>Data flows both ways.</summary>
    Established,

    /// <summary>We have ended our direction; the peer has not acknowledged that.</summary>
    FinWait1,

    /// <summary>We have ended our direction; the peer has not ended its.</summary>
    FinWait2,

    /// <summary>The peer has ended its direction.</summary>
    CloseWait,

    /// <summary>Both ended at once; the peer has not acknowledged our end.</summary>
    Closing,

    /// <summary>The peer ended first, then we; it has not acknowledged that.</summary>
    LastAck,

    /// <summary>Over; old segments may still be on their way.</summary>
    TimeWait,
}
