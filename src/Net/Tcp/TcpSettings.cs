// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <summary>What a <see cref="TcpLayer"/> can be told at its start. Times are nanoseconds.</summary>
public sealed class TcpSettings
{
    private const ulong Millisecond = 1_000_000;

    private const ulong Second = 1000 * Millisecond;

    /// <summary>Lower bound of the retransmission timeout. RFC 6298 section 2.4 says 1 s; nobody waits that
    /// long.</summary>
    public ulong RtoMinNs { get; set; } = 200 * Millisecond;

    /// <summary>The retransmission timeout before there is a sample (RFC 6298 section 2.1).</summary>
    public ulong RtoInitialNs { get; set; } = Second;

    /// <summary>Upper bound of the retransmission timeout (RFC 6298 section 2.5: at least 60 s).</summary>
    public ulong RtoMaxNs { get; set; } = 120 * Second;

    /// <summary>Longest delay of an acknowledgment (RFC 9293 section 3.8.6.3: below 500 ms).</summary>
    public ulong DelayedAckNs { get; set; } = 40 * Millisecond;

    /// <summary>How long data may stay unacknowledged: R2 of RFC 9293 section 3.8.3, at least 100 s.</summary>
    public ulong GiveUpNs { get; set; } = 900 * Second;

    /// <summary>How long Connect tries: R2 for a SYN, at least 3 minutes (RFC 9293 section 3.8.3).</summary>
    public ulong ConnectTimeoutNs { get; set; } = 180 * Second;

    /// <summary>How long a SYN that came waits for the last part of its handshake.</summary>
    public ulong SynReceivedTimeoutNs { get; set; } = 60 * Second;

    /// <summary>Maximum segment lifetime; TIME-WAIT lasts twice as long (RFC 9293 section 3.4.2).</summary>
    public ulong SegmentLifetimeNs { get; set; } = 15 * Second;

    /// <summary>How long a closed connection waits for the peer's end, or for its next acknowledgment.</summary>
    public ulong OrphanTimeoutNs { get; set; } = 60 * Second;

    /// <summary>
    /// How long a closed connection may live at all, however slowly its peer takes what was sent, or however long it
    /// keeps its window closed. Nobody looks after it any more, so there has to be an end.
    /// </summary>
    public ulong OrphanMaxNs { get; set; } = 3600 * Second;

    /// <summary>How many probes of its closed window the peer of a closed connection may leave unanswered.</summary>
    public int OrphanProbesMax { get; set; } = 8;

    /// <summary>Most connections, those of SYN queues included.</summary>
    public int ConnectionsMax { get; set; } = 65536;

    /// <summary>Most records of TIME-WAIT; a connection that finds no place ends at once.</summary>
    public int TimeWaitMax { get; set; } = 16384;

    /// <summary>
    /// Most SYNs that wait per listener; more are answered with cookies (RFC 4987). Not of a listener whose owner
    /// decides about each SYN: it decides how many wait.
    /// </summary>
    public int SynQueueMax { get; set; } = 256;

    /// <summary>Challenge acknowledgments per second, about (RFC 5961 section 7).</summary>
    public int ChallengeAcksPerSecond { get; set; } = 1000;

    /// <summary>
    /// Most bytes of a connection's send buffer: a power of two from 4096 to
    /// <see cref="BufferAllocator.LargestBytes"/>.
    /// </summary>
    public int SendBufferBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Most bytes of a connection's receive buffer: as <see cref="SendBufferBytes"/>.</summary>
    public int ReceiveBufferBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>First port of those chosen by the stack (RFC 6056 section 3.2).</summary>
    public ushort EphemeralPortFirst { get; set; } = 32768;

    /// <summary>Last port of those chosen by the stack.</summary>
    public ushort EphemeralPortLast { get; set; } = 65535;
}
