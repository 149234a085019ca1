// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>Types of DNS records (RFC 1035 section 3.2.2).</summary>
public enum DnsRecordType : ushort
{
    /// <summary>No type: not a record.</summary>
    None = 0,

    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>The name is another's alias.</summary>
    CName = 5,

    /// <summary>Where a zone begins; tells how long that something does not exist (RFC 2308).</summary>
    Soa = 6,

    /// <summary>An IPv6 address (RFC 3596).</summary>
    Aaaa = 28,

    /// <summary>Not a record: options of the message (RFC 6891).</summary>
    Opt = 41,
}
