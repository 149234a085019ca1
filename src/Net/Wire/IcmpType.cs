// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>Types of ICMP messages (RFC 792).</summary>
public enum IcmpType : byte
{
    /// <summary>Answer to an echo request.</summary>
    EchoReply = 0,

    /// <summary>Could not be delivered; see <see cref="IcmpUnreachableCode"/>.</summary>
    DestinationUnreachable = 3,

    /// <summary>Deprecated; ignored (RFC 6633).</summary>
    SourceQuench = 4,

    /// <summary>Another router is nearer; ignored, because anybody can say so.</summary>
    Redirect = 5,

    /// <summary>Asks for an echo reply.</summary>
    EchoRequest = 8,

    /// <summary>See <see cref="IcmpTimeExceededCode"/>.</summary>
    TimeExceeded = 11,

    /// <summary>A header field is wrong; the pointer is in the upper byte of the rest.</summary>
    ParameterProblem = 12,
}
