// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;

namespace Denali.Kernel.Scheduling;

/// <summary>
/// Threads that wait for a device of the host's, so that no worker does. They start with the first job.
/// </summary>
/// <remarks>Any thread. How many jobs there can be is bounded by the workers, which own them.</remarks>
/// <typeparam name="TJob">What there is to do.</typeparam>
/// <param name="name">What the threads are called, with a number behind.</param>
/// <param name="prepare">Called by each thread once; gives what carries out a job and sends it home.</param>
internal sealed class JobThreads<TJob>(string name, Func<Action<TJob>> prepare) : IDisposable
    where TJob : class
{
    // A few are enough to keep a device busy, and one that does not answer holds up only as many.
    private const int Count = 4;

    private readonly Lock _lock = new();
    private readonly Queue<TJob> _urgent = new();
    private readonly Queue<TJob> _others = new();
    private readonly SemaphoreSlim _signal = new(0);
    private readonly List<Thread> _threads = [];
    private bool _isStopping;

    /// <summary>Hands a job over. It comes back to its worker by a command.</summary>
    /// <param name="job">The job.</param>
    /// <param name="isUrgent">Whether it is to be done before those that are not.</param>
    internal void Add(TJob job, bool isUrgent = false)
    {
        lock (_lock)
        {
            if (_isStopping)
            {
                return;
            }

            (isUrgent ? _urgent : _others).Enqueue(job);
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
            var thread = new Thread(Run) { Name = $"{name}-{i}", IsBackground = true };
            _threads.Add(thread);
            thread.Start();
        }
    }

    private void Run()
    {
        Action<TJob> execute = prepare();
        while (true)
        {
            _signal.Wait();
            TJob? job;
            lock (_lock)
            {
                // A signal without a job is the end. The ends come last, so every job finds a thread.
                if (!_urgent.TryDequeue(out job) && !_others.TryDequeue(out job))
                {
                    return;
                }
            }

            execute(job);
        }
    }
}
