// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>Codes of "time exceeded", the same in both families (RFC 792, RFC 4443 section 3.3).</summary>
public enum IcmpTimeExceededCode : byte
{
    /// <summary>The hop limit ran out on the way.</summary>
    HopLimit = 0,

    /// <summary>Not all fragments came in time.</summary>
    Reassembly = 1,
}
