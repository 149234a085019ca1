// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <summary>What the congestion control of a connection is at.</summary>
internal enum TcpRecovery : byte
{
    /// <summary>Nothing is lost.</summary>
    Open,

    /// <summary>Fast recovery: losses are being repaired, the window shrinks step by step (RFC 6937).</summary>
    Fast,

    /// <summary>After a timeout: everything begins anew from one segment (RFC 5681 section 3.1).</summary>
    Timeout,
}
