// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Denali.Kernel.Scheduling;

/// <summary>Console input that a VM's ring has no room for yet. Its worker's own.</summary>
internal sealed class WaitingInput
{
    private readonly Queue<ReadOnlyMemory<byte>> _pieces = new();
    private int _taken;

    internal bool IsEmpty => _pieces.Count == 0;

    /// <summary>What comes next, in one piece.</summary>
    internal ReadOnlySpan<byte> Next => _pieces.Peek().Span[_taken..];

    internal void Add(ReadOnlyMemory<byte> piece)
    {
        if (!piece.IsEmpty)
        {
            _pieces.Enqueue(piece);
        }
    }

    /// <summary>Removes bytes from the front of <see cref="Next"/>.</summary>
    internal void Take(int count)
    {
        _taken += count;
        if (_taken == _pieces.Peek().Length)
        {
            _pieces.Dequeue();
            _taken = 0;
        }
    }
}
