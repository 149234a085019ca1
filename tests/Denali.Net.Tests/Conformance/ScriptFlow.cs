// SPDX-License-Identifier: MIT
namespace Denali.Net.Tests.Conformance;

/// <summary>What is known of one pair of ports: where numbers begin.</summary>
internal sealed class ScriptFlow(ushort hostPort, ushort peerPort, uint peerIss)
{
    public ushort HostPort { get; set; } = hostPort;

    public ushort PeerPort { get; } = peerPort;

    /// <summary>The host's initial sequence number; 0 before its first SYN.</summary>
    public uint HostIss { get; set; }

    public uint PeerIss { get; } = peerIss;

    /// <summary>What the host's timestamps are above milliseconds of script time, once there was one.</summary>
    public uint? ClockOffset { get; set; }

    /// <summary>The last timestamp of the host.</summary>
    public uint LastTimestamp { get; set; }
}
