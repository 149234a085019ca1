// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>How a query stands.</summary>
public enum DnsQueryState
{
    /// <summary>Never started, or cancelled.</summary>
    Idle,

    /// <summary>Servers are being asked.</summary>
    Pending,

    /// <summary>There are addresses.</summary>
    Resolved,

    /// <summary>The name does not exist.</summary>
    NoSuchName,

    /// <summary>The name exists, but has no address of that family.</summary>
    NoData,

    /// <summary>It is no name: an empty label, or one of more than 63 bytes, or more than 255 in all.</summary>
    InvalidName,

    /// <summary>No server could or would answer.</summary>
    ServerFailed,

    /// <summary>No server answered.</summary>
    TimedOut,

    /// <summary>Too many queries are pending.</summary>
    Busy,
}
