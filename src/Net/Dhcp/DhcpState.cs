// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>Where a client stands (RFC 2131 section 4.4).</summary>
public enum DhcpState
{
    /// <summary>It does nothing.</summary>
    Stopped,

    /// <summary>It begins again after a while: an address was refused or is in use.</summary>
    Waiting,

    /// <summary>It waits for offers.</summary>
    Selecting,

    /// <summary>It has taken an offer and waits for the server to agree.</summary>
    Requesting,

    /// <summary>The owner finds out whether somebody else uses the address.</summary>
    Probing,

    /// <summary>It has an address.</summary>
    Bound,

    /// <summary>It has one, and asks its server to keep it.</summary>
    Renewing,

    /// <summary>It has one, and asks any server to keep it.</summary>
    Rebinding,
}
