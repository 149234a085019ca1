// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>What transports need of the IP layer.</summary>
public interface IIpOutput
{
    /// <summary>Whether TCP may give several segments as one, up to <see cref="LargestPacketBytes"/>.</summary>
    bool IsSegmentationOffloaded { get; }

    /// <summary>Largest IP packet that the link takes with segmentation offload, in bytes with the IP header.</summary>
    int LargestPacketBytes { get; }

    /// <summary>The path MTU: the largest IP packet in bytes, with its header, that reaches an address.</summary>
    /// <param name="destination">The address.</param>
    /// <returns>At least 576 for IPv4 and 1280 for IPv6.</returns>
    int PathMtuOf(IpAddress destination);

    /// <summary>The address to send from.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="source">Our address of the same family.</param>
    /// <returns>False if there is no way there.</returns>
    bool TryGetSource(IpAddress destination, out IpAddress source);

    /// <summary>Sends, or keeps one packet per neighbour while its hardware address is being asked for.</summary>
    /// <param name="packet">The packet.</param>
    /// <returns>How it went.</returns>
    IpSendResult Send(scoped ref IpTransmission packet);
}
