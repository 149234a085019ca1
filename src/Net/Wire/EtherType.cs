// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>What an Ethernet frame carries (IANA, IEEE 802 numbers).</summary>
public enum EtherType : ushort
{
    /// <summary>IPv4 (RFC 894).</summary>
    Ipv4 = 0x0800,

    /// <summary>ARP (RFC 826).</summary>
    Arp = 0x0806,

    /// <summary>A VLAN tag follows (IEEE 802.1Q). Not spoken; named so that it can be counted.</summary>
    Vlan = 0x8100,

    /// <summary>IPv6 (RFC 2464).</summary>
    Ipv6 = 0x86DD,
}
