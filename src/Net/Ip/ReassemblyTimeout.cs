// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>A datagram that was given up because fragments did not come in time.</summary>
public struct ReassemblyTimeout
{
    /// <summary>Who sent the fragments: whom "time exceeded" would be for.</summary>
    public IpAddress Source;

    /// <summary>Whom they were for.</summary>
    public IpAddress Destination;

    /// <summary>
    /// "Time exceeded", code 1, is due: the first fragment is among those that came (RFC 792, RFC 4443 section 3.3).
    /// The owner still must not answer to multicast, and limits the rate.
    /// </summary>
    public bool IsReportDue;

    /// <summary>
    /// Bytes of the quote that the report carries: the first fragment, cut to what there was room for.
    /// </summary>
    public int QuoteBytes;
}
