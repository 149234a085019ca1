// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;

namespace Denali.Kernel.Scheduling;

/// <summary>
/// Where those stand who wait until there is memory for a new VM: whoever came first is let in first, and when the line
/// is full the newest are sent away. Any thread.
/// </summary>
internal sealed class AdmissionLine(TimeProvider time)
{
    /// <summary>Most that wait: more than a machine lets in within anybody's patience when it is full.</summary>
    internal const int WaitingMax = 1024;

    /// <summary>Why somebody is not let in who may not overtake.</summary>
    internal const string OthersWait = "others who came before wait to be let in: end other VMs, or try again later";

    // How soon the first of the line tries again. Memory comes back without anybody saying so.
    private static readonly TimeSpan s_retry = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _line = new();

    /// <summary>How many wait.</summary>
    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _line.Count;
            }
        }
    }

    /// <summary>Tries something in its turn until it succeeds.</summary>
    /// <param name="attempt">Gives null on success, else why not.</param>
    /// <param name="patience">How long to try.</param>
    /// <param name="cancellation">Leaves the line.</param>
    /// <returns>Completes when it has succeeded.</returns>
    /// <exception cref="KernelException">The line is full, or the time is up: then why the last try failed.</exception>
    /// <exception cref="OperationCanceledException">It left before it succeeded.</exception>
    internal async Task RunAsync(Func<string?> attempt, TimeSpan patience, CancellationToken cancellation)
    {
        long begin = time.GetTimestamp();
        LinkedListNode<TaskCompletionSource> place = Join();
        try
        {
            await place.Value.Task.WaitAsync(patience, time, cancellation)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
            string? refusal = OthersWait;
            while (place.Value.Task.IsCompleted && (refusal = attempt()) is not null)
            {
                if (time.GetElapsedTime(begin) >= patience)
                {
                    break;
                }

                await Task.Delay(s_retry, time, cancellation).ConfigureAwait(false);
            }

            if (refusal is not null)
            {
                throw new KernelException(refusal);
            }
        }
        finally
        {
            Leave(place);
        }
    }

    private LinkedListNode<TaskCompletionSource> Join()
    {
        lock (_lock)
        {
            if (_line.Count == WaitingMax)
            {
                throw new KernelException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{WaitingMax} new VMs wait to be let in already: end other VMs, or try again later"));
            }

            LinkedListNode<TaskCompletionSource> place = _line.AddLast(
                new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            _line.First!.Value.TrySetResult();
            return place;
        }
    }

    private void Leave(LinkedListNode<TaskCompletionSource> place)
    {
        lock (_lock)
        {
            _line.Remove(place);
            _line.First?.Value.TrySetResult();
        }
    }
}
