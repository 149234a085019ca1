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

    /// <summary>An ARP packet: the kernel's own.</summary>
    Arp,

    /// <summary>Neighbour discovery: the kernel's own.</summary>
    NeighborDiscovery,
}
