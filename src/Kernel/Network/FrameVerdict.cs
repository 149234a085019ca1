// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Network;

/// <summary>What is to become of a frame that a VM sent.</summary>
internal enum FrameVerdict
{
    /// <summary>Dropped.</summary>
    Drop,

    /// <summary>To another VM.</summary>
    Machine,

    /// <summary>To whatever is behind the gateway.</summary>
    Gateway,

    /// <summary>To a machine on the network behind the TAP interface, by its hardware address.</summary>
    Outside,

    /// <summary>To a DHCP server on that network, if it is what a client may say.</summary>
    DhcpQuestion,

    /// <summary>An ARP packet: the kernel's own, as far as it knows the address.</summary>
    Arp,

    /// <summary>Neighbour discovery: the kernel's own.</summary>
    NeighborDiscovery,
}
