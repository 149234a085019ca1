// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <content>Finding out whether somebody else uses an IPv4 address (RFC 5227).</content>
public sealed partial class IpLayer
{
    private IpAddress _watched;

    /// <summary>Whether an ARP packet since <see cref="WatchAddress"/> shows that somebody has the address.</summary>
    internal bool IsWatchedAddressTaken { get; private set; }

    /// <summary>Begins to look for users of an address among the ARP packets that come.</summary>
    /// <param name="address">The address; default for none.</param>
    internal void WatchAddress(IpAddress address)
    {
        _watched = address;
        IsWatchedAddressTaken = false;
    }

    /// <summary>
    /// Asks the link for an address. It is a probe if the interface has no address (RFC 5227 section 2.1.1), and an
    /// announcement if it is the interface's own (section 2.3).
    /// </summary>
    /// <param name="target">The address.</param>
    internal void SendArpRequest(IpAddress target) =>
        SendArp(ArpOperation.Request, MacAddress.Broadcast, target, default);

    /// <summary>Somebody has the watched address, or is about to take it as well (RFC 5227 section 2.1.1).</summary>
    private void NoteConflict(in ArpPacket packet)
    {
        bool isRival = packet.Operation == ArpOperation.Request
            && packet.SenderAddress.IsAny
            && packet.TargetAddress == _watched;
        if ((packet.SenderAddress == _watched || isRival) && packet.SenderMac != Interface.Mac)
        {
            IsWatchedAddressTaken = true;
        }
    }
}
