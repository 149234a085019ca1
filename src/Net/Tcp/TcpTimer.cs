// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <summary>What the retransmission timer of a connection waits for. There is never more than one of these.</summary>
internal enum TcpTimer : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The retransmission timeout (RFC 6298).</summary>
    Timeout,

    /// <summary>The tail loss probe (RFC 8985 section 7).</summary>
    LossProbe,

    /// <summary>The end of RACK's reordering window (RFC 8985 section 6.2).</summary>
    Reordering,

    /// <summary>The next probe of a closed window (RFC 9293 section 3.8.6.1).</summary>
    Persist,
}
