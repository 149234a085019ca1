// SPDX-License-Identifier: MIT
using System.Numerics;

namespace Ilwaco;

/// <summary>The threads that could run, one queue for each priority. Used inside critical sections.</summary>
internal sealed class ReadyQueues
{
    private readonly Queue[] _queues = new Queue[ThreadPriority.Count];

    // One bit for each queue that is not empty.
    private uint _occupied;

    /// <summary>The highest priority of a ready thread, or -1 if there is none.</summary>
    internal int HighestPriority => 31 - BitOperations.LeadingZeroCount(_occupied);

    /// <summary>Whether a thread of a priority is ready.</summary>
    internal bool HasAny(int priority) => (_occupied & (1u << priority)) != 0;

    /// <summary>Adds a thread whose turn comes after all others of its priority.</summary>
    internal void AddLast(GuestThread thread)
    {
        ref Queue queue = ref _queues[thread.Priority];
        thread.State = ThreadState.Ready;
        thread.NextReady = null;
        if (queue.Last is null)
        {
            queue.First = thread;
            _occupied |= 1u << thread.Priority;
        }
        else
        {
            queue.Last.NextReady = thread;
        }

        queue.Last = thread;
    }

    /// <summary>Adds a thread that goes on before all others of its priority.</summary>
    internal void AddFirst(GuestThread thread)
    {
        ref Queue queue = ref _queues[thread.Priority];
        thread.State = ThreadState.Ready;
        thread.NextReady = queue.First;
        queue.First = thread;
        queue.Last ??= thread;
        _occupied |= 1u << thread.Priority;
    }

    /// <summary>Takes the first thread of the highest priority.</summary>
    /// <returns>The thread, or null if none is ready.</returns>
    internal GuestThread? TakeFirst()
    {
        if (_occupied == 0)
        {
            return null;
        }

        int priority = HighestPriority;
        ref Queue queue = ref _queues[priority];
        GuestThread thread = queue.First!;
        queue.First = thread.NextReady;
        if (queue.First is null)
        {
            queue.Last = null;
            _occupied &= ~(1u << priority);
        }

        return thread;
    }

    private struct Queue
    {
        internal GuestThread? First;
        internal GuestThread? Last;
    }
}
