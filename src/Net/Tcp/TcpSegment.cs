// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <summary>A received segment, parsed.</summary>
internal ref struct TcpSegment
{
    /// <summary>Ours.</summary>
    public IpEndpoint Local;

    /// <summary>The sender's.</summary>
    public IpEndpoint Remote;

    /// <summary>SEG.SEQ; moves when what was received before is cut off.</summary>
    public uint Sequence;

    /// <summary>SEG.ACK.</summary>
    public uint Acknowledgment;

    /// <summary>Control bits.</summary>
    public TcpFlags Flags;

    /// <summary>SEG.WND, not scaled.</summary>
    public ushort Window;

    /// <summary>Bytes of payload per segment on the wire, if several came as one; else 0.</summary>
    public ushort SegmentBytes;

    /// <summary>The options.</summary>
    public TcpOptions Options;

    /// <summary>The payload.</summary>
    public ReadOnlySpan<byte> Payload;

    /// <summary>SEG.LEN: payload, SYN and FIN (RFC 9293 section 3.4).</summary>
    public readonly uint SequenceLength =>
        (uint)Payload.Length + (Has(TcpFlags.Syn) ? 1U : 0U) + (Has(TcpFlags.Fin) ? 1U : 0U);

    /// <summary>Whether a control bit is set.</summary>
    public readonly bool Has(TcpFlags flag) => (Flags & flag) != 0;
}
