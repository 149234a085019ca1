// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>The link below a stack: takes the frames that it sends.</summary>
public interface IFrameSink
{
    /// <summary>Sends a frame, or says that there is no room now.</summary>
    /// <param name="frame">The frame.</param>
    /// <returns>False if the link is full. TCP sends again when the stack is polled after there is room.</returns>
    bool TrySend(in OutgoingFrame frame);
}
