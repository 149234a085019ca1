// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <content>What is known of peers from elsewhere.</content>
public sealed partial class TcpLayer
{
    /// <summary>
    /// Ends the connections with hosts of which somebody knows that they are gone, as if each had sent a reset. Looks
    /// at every connection.
    /// </summary>
    /// <param name="isGone">Whether the host with an address is gone; must not call into the stack.</param>
    public void ResetPeers(Predicate<IpAddress> isGone) => Connections.ForEach(connection =>
    {
        if (isGone(connection.Remote.Address))
        {
            connection.Finish(NetError.Reset);
            connection.DeliverEvents();
        }
    });
}
