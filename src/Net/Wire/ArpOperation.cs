// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>What an ARP packet wants (RFC 826).</summary>
public enum ArpOperation : ushort
{
    /// <summary>Who has the target address?</summary>
    Request = 1,

    /// <summary>The sender has the sender address.</summary>
    Reply = 2,
}
