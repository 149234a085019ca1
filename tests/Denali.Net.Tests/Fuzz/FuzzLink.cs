// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Denali.Net.Tests.Fuzz;

/// <summary>Keeps the frames of a stack.</summary>
internal sealed class FuzzLink : IFrameSink
{
    private const int FramesMax = 10_000;

    public Queue<byte[]> Sent { get; } = new();

    public bool TrySend(in OutgoingFrame frame)
    {
        if (Sent.Count >= FramesMax)
        {
            return false;
        }

        Sent.Enqueue([.. frame.Headers, .. frame.Payload, .. frame.PayloadTail]);
        return true;
    }
}
