// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Denali.Kernel.Network;
using Denali.Net;

namespace Denali.Cli;

/// <summary>What the user asked of the network of <c>denali run</c>.</summary>
internal sealed class NetworkRunOptions
{
    /// <summary>Attach the VMs even if their image does not ask for a NIC.</summary>
    internal bool Attach { get; init; }

    /// <summary>They may reach the world outside through the host's sockets.</summary>
    internal bool Outbound { get; init; }

    /// <summary>Each VM in an isolation group of its own.</summary>
    internal bool Isolate { get; init; }

    /// <summary>Ports of this machine that lead to the first VM.</summary>
    internal IReadOnlyList<PublishOption> Publish { get; init; } = [];

    /// <summary>Most bytes per second that a VM sends, 0 for no limit.</summary>
    internal ulong BytesPerSecond { get; init; }

    /// <summary>Name of a TAP interface that joins the virtual LAN to Linux, or null.</summary>
    internal string? TapName { get; init; }

    /// <summary>The VMs get their IPv4 addresses from a DHCP server behind the TAP interface.</summary>
    internal bool Dhcp { get; init; }

    /// <summary>The networks of the VMs' computed addresses.</summary>
    /// <remarks>
    /// With DHCP nobody uses the IPv4 addresses: they are of the network that is for tests of equipment (RFC 2544
    /// appendix C.2.2), so that no server gives one of them.
    /// </remarks>
    internal LanOptions Lan => Dhcp
        ? new LanOptions { Ipv4Network = IpAddress.FromIpv4(0xC612_0000), Ipv4PrefixLength = 15 }
        : new LanOptions();

    /// <summary>File to capture all frames into, or null.</summary>
    internal string? CapturePath { get; init; }

    /// <summary>Whether any of it needs a network.</summary>
    internal bool IsAny =>
        Attach
        || Outbound
        || Isolate
        || Publish.Count > 0
        || BytesPerSecond != 0
        || TapName is not null
        || CapturePath is not null;
}
