// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>How a server got on (RFC 1035 section 4.1.1).</summary>
public enum DnsResponseCode : byte
{
    /// <summary>There is an answer, perhaps an empty one.</summary>
    NoError = 0,

    /// <summary>The server did not understand: perhaps it does not know EDNS (RFC 6891 section 7).</summary>
    FormatError = 1,

    /// <summary>The server could not find out.</summary>
    ServerFailure = 2,

    /// <summary>The name does not exist.</summary>
    NameError = 3,

    /// <summary>The server does not do that.</summary>
    NotImplemented = 4,

    /// <summary>The server does not want to.</summary>
    Refused = 5,
}
