// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Denali.Bench.Visits;

/// <summary>So many visitors at a time, each of which begins anew as soon as it has its page.</summary>
internal sealed class ClosedLoop(ClientHost host, PageSet pages) : Crew(host, pages)
{
    /// <summary>In place of a page: there is no more to ask for.</summary>
    internal const int NoPage = -1;

    // Longest time without an answer. A lost packet at the beginning of a connection takes a second.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private TaskCompletionSource _over = new();
    private Func<int> _next = () => NoPage;
    private Action<Visitor>? _seen;
    private int _active;
    private long _count;

    /// <summary>Visits pages until there are no more.</summary>
    /// <param name="next">The next page; called by one thread at a time.</param>
    /// <param name="concurrency">Visitors.</param>
    /// <param name="seen">Told of each visit that was made, likewise.</param>
    /// <returns>How many visits were made, and in how many seconds.</returns>
    /// <exception cref="IOException">A page was not had.</exception>
    internal (long Count, double Seconds) Run(Func<int> next, int concurrency, Action<Visitor>? seen = null)
    {
        _next = next;
        _seen = seen;
        _count = 0;
        _over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long begin = TimeProvider.System.GetTimestamp();

        // One for this method, so that it is not over before all have begun.
        _active = 1;
        for (int i = 0; i < concurrency; i++)
        {
            Host.Enter();
            _active++;
            Continue(new Visitor(this));
            Host.Leave();
        }

        Host.Enter();
        Leave();
        Host.Leave();
        Wait();
        return (_count, TimeProvider.System.GetElapsedTime(begin).TotalSeconds);
    }

    internal override void Finish(Visitor visitor)
    {
        _count++;
        _seen?.Invoke(visitor);
        Continue(visitor);
    }

    protected override void Abandon() => _ = _over.TrySetResult();

    private void Continue(Visitor visitor)
    {
        int page = _next();
        if (page == NoPage)
        {
            Leave();
        }
        else
        {
            visitor.Begin(page, TimeProvider.System.GetTimestamp());
        }
    }

    private void Leave()
    {
        if (--_active == 0)
        {
            _ = _over.TrySetResult();
        }
    }

    private void Wait()
    {
        long before = -1;
        while (!_over.Task.Wait(s_patience))
        {
            long now = Volatile.Read(ref _count);
            if (now == before)
            {
                throw new IOException($"no answer for {s_patience.TotalSeconds} s, after {now} visits");
            }

            before = now;
        }

        ThrowIfFailed();
    }
}
