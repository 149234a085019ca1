// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <summary>A range of sequence numbers that was sent at one time and shares one fate. RACK's per-segment
/// state.</summary>
internal sealed class SentRange
{
    /// <summary>First sequence number.</summary>
    public uint Start;

    /// <summary>The sequence number after the last.</summary>
    public uint End;

    /// <summary>When it was sent last.</summary>
    public ulong SentNs;

    /// <summary>The peer has it, behind a gap (RFC 2018).</summary>
    public bool IsSacked;

    /// <summary>Deemed lost and not sent again since.</summary>
    public bool IsLost;

    /// <summary>Sent more than once, so that an acknowledgment is ambiguous (Karn).</summary>
    public bool IsRetransmitted;

    /// <summary>Its last sequence number is the FIN.</summary>
    public bool HasFin;

    /// <summary>The next range; also the next unused one.</summary>
    public SentRange? Next;

    /// <summary>The range before.</summary>
    public SentRange? Previous;

    /// <summary>Sequence numbers.</summary>
    public uint Length => End - Start;
}
