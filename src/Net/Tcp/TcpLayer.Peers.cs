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
            Forget(connection);
        }
    });

    /// <summary>
    /// This host has become another one, with another address: its connections are the former host's, and end here as
    /// if each had been reset; nothing is sent. Its secrets are new, so that neither host can tell the other's numbers.
    /// </summary>
    internal void Renew()
    {
        Connections.ForEach(Forget);
        _timeWaits.Expire(ulong.MaxValue);
        Secrets.Renew(Random);
    }

    private static void Forget(TcpConnection connection)
    {
        connection.Finish(NetError.Reset);
        connection.DeliverEvents();
    }
}
