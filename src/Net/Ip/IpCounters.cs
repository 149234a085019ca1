// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>What an IP layer counted.</summary>
public sealed class IpCounters
{
    /// <summary>Frames that came in.</summary>
    public ulong FramesReceived { get; internal set; }

    /// <summary>Frames that went out.</summary>
    public ulong FramesSent { get; internal set; }

    /// <summary>Frames dropped because they were not for us.</summary>
    public ulong NotForUs { get; internal set; }

    /// <summary>Frames and packets dropped because they break a rule.</summary>
    public ulong Malformed { get; internal set; }

    /// <summary>Packets dropped because the link or a queue was full.</summary>
    public ulong LinkFull { get; internal set; }

    /// <summary>Packets dropped because a neighbour did not answer, or there was no way.</summary>
    public ulong Unreachable { get; internal set; }
}
