// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>Codes of ICMPv6 "parameter problem" (RFC 4443 section 3.4).</summary>
public enum Icmpv6ParameterCode : byte
{
    /// <summary>A header field cannot be.</summary>
    ErroneousField = 0,

    /// <summary>A next header is not known.</summary>
    UnrecognizedNextHeader = 1,

    /// <summary>An option is not known.</summary>
    UnrecognizedOption = 2,
}
