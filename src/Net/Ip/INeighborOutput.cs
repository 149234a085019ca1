// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>What <see cref="NeighborCache"/> asks of its owner. It must not be called back from within.</summary>
public interface INeighborOutput
{
    /// <summary>Asks for a hardware address: an ARP request or a neighbour solicitation.</summary>
    /// <param name="target">Whose.</param>
    /// <param name="known">
    /// Where to send it, if the neighbour is only asked whether it is still there; else
    /// <see cref="MacAddress.Broadcast"/>: broadcast, or for IPv6 the solicited-node multicast address.
    /// </param>
    void SendRequest(IpAddress target, MacAddress known);

    /// <summary>Sends a frame that has waited. Its destination is filled in.</summary>
    /// <param name="frame">The frame, valid during the call.</param>
    void SendPending(in OutgoingFrame frame);

    /// <summary>A neighbour does not answer.</summary>
    /// <param name="target">Which.</param>
    /// <param name="frame">The frame that waited for it, to be told to whoever sent it; without headers if none did.
    /// </param>
    void ReportUnreachable(IpAddress target, in OutgoingFrame frame);
}
