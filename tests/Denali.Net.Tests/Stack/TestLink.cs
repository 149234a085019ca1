// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Denali.Net.Tests.Stack;

/// <summary>Keeps the frames that a stack sends.</summary>
internal sealed class TestLink : IFrameSink
{
    public Queue<(byte[] Frame, FrameOffload Offload)> Sent { get; } = new();

    public bool IsFull { get; set; }

    public bool TrySend(in OutgoingFrame frame)
    {
        if (IsFull)
        {
            return false;
        }

        byte[] bytes = [.. frame.Headers, .. frame.Payload, .. frame.PayloadTail];
        Sent.Enqueue((bytes, frame.Offload));
        return true;
    }
}
