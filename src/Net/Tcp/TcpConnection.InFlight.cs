// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <content>What an error may be about.</content>
public sealed partial class TcpConnection
{
    /// <summary>Whether a sequence number was sent and is not acknowledged.</summary>
    internal bool IsInFlight(uint sequence) =>
        Sequence.GreaterOrEqual(sequence, _sndUna) && Sequence.Less(sequence, _sndNxt);
}
