// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>Answers echo requests to addresses that are not the stack's own. Called from inside the stack.</summary>
public interface IEchoHandler
{
    /// <summary>A request came.</summary>
    /// <param name="packet">What brought it.</param>
    /// <param name="rest">Identifier in the high half, sequence number in the low.</param>
    /// <param name="payload">What the reply must carry; valid during the call.</param>
    void OnEchoRequest(in IpPacket packet, uint rest, ReadOnlySpan<byte> payload);
}
