// SPDX-License-Identifier: MIT
using System;

namespace Ilwaco;

/// <summary>What a descriptor stands for: POSIX calls it an open file description.</summary>
internal abstract class OpenDescription
{
    private int _users;

    /// <summary>The descriptor was closed. Threads may still be in calls on it.</summary>
    internal bool IsClosed { get; private protected set; }

    /// <summary>What it is ready for.</summary>
    internal abstract PollEvents ReadyEvents { get; }

    /// <summary>Reads bytes, as the call of that name does.</summary>
    internal abstract int Read(Span<byte> data);

    /// <summary>The descriptor is gone. Its memory goes with the last call.</summary>
    internal abstract void Close();

    /// <summary>A call on it begins.</summary>
    internal void Use()
    {
        CriticalSection.Enter();
        _users++;
        CriticalSection.Leave();
    }

    /// <summary>A call on it ends. The last one gives the memory of what is closed back.</summary>
    internal void Unuse()
    {
        CriticalSection.Enter();
        _users--;
        bool isLast = IsClosed && _users == 0;
        CriticalSection.Leave();
        if (isLast)
        {
            FreeParts();
            Heap.Free(this);
        }
    }

    /// <summary>Gives back what belongs to this object alone.</summary>
    protected abstract void FreeParts();
}
