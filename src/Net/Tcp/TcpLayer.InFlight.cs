// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net.Tcp;

/// <content>What the stack around it needs: the time between polls, and telling errors from forgeries.</content>
public sealed partial class TcpLayer
{
    /// <summary>Tells the time, before connections are used outside of <see cref="Receive"/> and
    /// <see cref="Poll"/>.</summary>
    /// <param name="nowNs">Monotonic nanoseconds, not earlier than before.</param>
    internal void SetTime(ulong nowNs) => NowNs = nowNs;

    /// <summary>Whether a segment that an ICMP error quotes is on its way (RFC 5927 section 4.1).</summary>
    /// <param name="local">Source of the quoted packet.</param>
    /// <param name="remote">Its destination.</param>
    /// <param name="quote">The beginning of the quoted segment, at least eight bytes.</param>
    /// <returns>Whether it is; if not, the error is late or forged.</returns>
    internal bool IsInFlight(IpAddress local, IpAddress remote, ReadOnlySpan<byte> quote)
    {
        TcpConnection? connection = Connections.Find(
            new IpEndpoint(local, BinaryPrimitives.ReadUInt16BigEndian(quote)),
            new IpEndpoint(remote, BinaryPrimitives.ReadUInt16BigEndian(quote[2..])));
        return connection is not null && connection.IsInFlight(BinaryPrimitives.ReadUInt32BigEndian(quote[4..]));
    }
}
