// SPDX-License-Identifier: MIT
namespace Ilwaco;

/// <summary>What this VM's network did and holds, at one moment. All zero in a VM without a NIC.</summary>
public readonly struct NetworkStatistics
{
    private NetworkStatistics(ulong received, ulong sent, int sockets, int connections, int waiting)
    {
        FramesReceived = received;
        FramesSent = sent;
        SocketCount = sockets;
        ConnectionCount = connections;
        TimeWaitCount = waiting;
    }

    /// <summary>Frames that came; a large one that the switch put together counts once.</summary>
    public ulong FramesReceived { get; }

    /// <summary>Frames that were sent, counted alike.</summary>
    public ulong FramesSent { get; }

    /// <summary>Descriptors of sockets.</summary>
    public int SocketCount { get; }

    /// <summary>TCP connections that are not over, also those that nobody has accepted or that are closing.</summary>
    public int ConnectionCount { get; }

    /// <summary>TCP connections in TIME-WAIT (RFC 9293 section 3.3.2).</summary>
    public int TimeWaitCount { get; }

    /// <summary>Takes the statistics.</summary>
    /// <returns>Numbers that belong together.</returns>
    public static NetworkStatistics Take()
    {
        if (!Network.IsPresent)
        {
            return default;
        }

        Network.Enter();
        (ulong received, ulong sent) = Network.FrameCounts;
        NetworkStatistics statistics = new(
            received,
            sent,
            Descriptors.SocketCount,
            Network.Stack.Tcp.ConnectionCount,
            Network.Stack.Tcp.TimeWaitCount);
        Network.LeaveQuietly();
        return statistics;
    }
}
