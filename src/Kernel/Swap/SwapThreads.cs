// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using Denali.Kernel.Memory;
using Denali.Kernel.Scheduling;

namespace Denali.Kernel.Swap;

/// <summary>The threads that wait for the swap file, so that no worker does. They start with the first job.</summary>
/// <remarks>Any thread. How many jobs there can be is bounded by the workers, which own them.</remarks>
internal sealed class SwapThreads(SwapFile file, BlockStore store) : IDisposable
{
    // A few are enough to keep a disk busy.
    private const int Count = 4;

    private readonly Lock _lock = new();
    private readonly Queue<SwapJob> _urgent = new();
    private readonly Queue<SwapJob> _others = new();
    private readonly SemaphoreSlim _signal = new(0);
    private readonly List<Thread> _threads = [];
    private bool _isStopping;

    /// <summary>Hands a job over. It comes back to its worker by a command.</summary>
    internal void Add(SwapJob job)
    {
        lock (_lock)
        {
            if (_isStopping)
            {
                return;
            }

            (job.IsUrgent ? _urgent : _others).Enqueue(job);
            if (_threads.Count == 0)
            {
                Start();
            }
        }

        _signal.Release();
    }

    /// <summary>Finishes what was handed over, and stops. What is handed over afterwards is forgotten.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isStopping)
            {
                return;
            }

            _isStopping = true;
        }

        if (_threads.Count > 0)
        {
            _signal.Release(Count);
            _threads.ForEach(thread => thread.Join());
        }

        _signal.Dispose();
    }

    private void Start()
    {
        for (int i = 0; i < Count; i++)
        {
            var thread = new Thread(Run) { Name = $"denali-swap-{i}", IsBackground = true };
            _threads.Add(thread);
            thread.Start();
        }
    }

    private void Run()
    {
        var stream = new SwapStream();
        while (true)
        {
            _signal.Wait();
            SwapJob? job;
            lock (_lock)
            {
                // A signal without a job is the end. The ends come last, so every job finds a thread.
                if (!_urgent.TryDequeue(out job) && !_others.TryDequeue(out job))
                {
                    return;
                }
            }

            job.Execute(file, store, stream);
            job.Home.Post(new WorkerCommand
            {
                Index = job.Index,
                MachineId = job.Entry.MachineId,
                Kind = WorkerCommandKind.SwapDone,
                SwapJob = job,
            });
        }
    }
}
