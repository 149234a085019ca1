// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <summary>What a <see cref="TcpLayer"/> has counted since its start.</summary>
public struct TcpStatistics
{
    /// <summary>Segments that came, bad ones included; several in one frame count as one.</summary>
    public ulong SegmentsReceived;

    /// <summary>Segments that went; several in one frame count as one.</summary>
    public ulong SegmentsSent;

    /// <summary>Segments too short, or with a data offset that cannot be.</summary>
    public ulong BadHeaders;

    /// <summary>Segments with a wrong checksum.</summary>
    public ulong BadChecksums;

    /// <summary>Ranges sent again.</summary>
    public ulong Retransmissions;

    /// <summary>Retransmission timeouts.</summary>
    public ulong Timeouts;

    /// <summary>Tail loss probes (RFC 8985 section 7).</summary>
    public ulong LossProbes;

    /// <summary>Loss recoveries entered.</summary>
    public ulong Recoveries;

    /// <summary>Recoveries that timestamps showed to be needless (RFC 3522, RFC 4015).</summary>
    public ulong SpuriousRecoveries;

    /// <summary>Resets sent.</summary>
    public ulong ResetsSent;

    /// <summary>Challenge acknowledgments sent (RFC 5961).</summary>
    public ulong ChallengeAcks;

    /// <summary>Challenge acknowledgments that the rate limit swallowed.</summary>
    public ulong ChallengeAcksLimited;

    /// <summary>Segments dropped for their timestamp (RFC 7323 section 5).</summary>
    public ulong PawsDrops;

    /// <summary>SYN cookies sent.</summary>
    public ulong CookiesSent;

    /// <summary>Connections made from a cookie.</summary>
    public ulong CookiesAccepted;

    /// <summary>SYNs or last acknowledgments that found no place.</summary>
    public ulong ListenDrops;

    /// <summary>Payload dropped because there was no buffer for it.</summary>
    public ulong BufferDrops;

    /// <summary>Connections that passed through TIME-WAIT.</summary>
    public ulong TimeWaits;

    /// <summary>TIME-WAIT records given up for a new connection (RFC 6191).</summary>
    public ulong TimeWaitsReused;
}
