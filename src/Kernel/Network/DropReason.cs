// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Network;

/// <summary>Why a frame went nowhere. The values index <see cref="NetworkCounters.DroppedFor"/>.</summary>
public enum DropReason
{
    /// <summary>A descriptor was bad: outside of memory, unknown flags, too long a chain, impossible offload.</summary>
    BadDescriptor,

    /// <summary>Too short for its headers, or the headers cannot be followed.</summary>
    Malformed,

    /// <summary>Longer than the MTU without segmentation offload.</summary>
    TooLong,

    /// <summary>Neither ARP nor IPv4 nor IPv6.</summary>
    UnknownProtocol,

    /// <summary>The source hardware address is not the sender's.</summary>
    SpoofedMac,

    /// <summary>The source IP address is not the sender's.</summary>
    SpoofedAddress,

    /// <summary>An ARP or neighbour discovery message tells somebody else's address.</summary>
    SpoofedNeighbor,

    /// <summary>A DHCP message of a server, or one that a client does not send about itself; from outside: one that
    /// answers nothing, or gives an address that cannot be the VM's.</summary>
    ForgedDhcp,

    /// <summary>Broadcast or multicast that is nothing that the kernel answers.</summary>
    Multicast,

    /// <summary>Nobody has the destination address.</summary>
    NoDestination,

    /// <summary>The destination is in another isolation group.</summary>
    OtherGroup,

    /// <summary>Sent to the gateway for a VM that the sender would have to reach directly.</summary>
    Misdirected,

    /// <summary>There is nothing behind the gateway, or its queue is full.</summary>
    NoUplink,

    /// <summary>Receiving: the VM has no receive ring.</summary>
    NoReceiveRing,

    /// <summary>Receiving: ring and queue are full.</summary>
    QueueFull,

    /// <summary>Receiving: the kernel has no buffers left.</summary>
    NoBuffer,

    /// <summary>Receiving: larger than all buffers that the VM offers.</summary>
    TooLargeForRing,

    /// <summary>Receiving: the VM ended before it got the frame.</summary>
    NotRunning,
}
