// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>A frame that the stack gives to its link, in up to three pieces that follow each other.</summary>
public ref struct OutgoingFrame
{
    /// <summary>Link, network and transport headers. Valid during the call only.</summary>
    public ReadOnlySpan<byte> Headers;

    /// <summary>Payload; may be empty.</summary>
    public ReadOnlySpan<byte> Payload;

    /// <summary>The rest of the payload, where a circular buffer wraps; may be empty.</summary>
    public ReadOnlySpan<byte> PayloadTail;

    /// <summary>
    /// The payload lies in a send buffer and stays as it is until the peer has acknowledged it. So a link that hands
    /// memory to a device need not copy it. Otherwise the payload is valid during the call only.
    /// </summary>
    public bool IsPayloadStable;

    /// <summary>Work left to the link.</summary>
    public FrameOffload Offload;

    /// <summary>Bytes of the frame.</summary>
    public readonly int LengthBytes => Headers.Length + Payload.Length + PayloadTail.Length;
}
