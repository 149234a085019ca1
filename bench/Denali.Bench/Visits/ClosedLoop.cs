// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace Denali.Bench.Visits;

/// <summary>So many visitors at a time, each of which begins anew as soon as it has its page.</summary>
/// <param name="host">Where they are.</param>
/// <param name="pages">What they may ask for.</param>
/// <param name="failedMax">Visits that may fail without being more than not counted. After one more, or if there are no
/// more answers, the rest is not made. 0 if none may: then the first that fails is an error.</param>
internal sealed class ClosedLoop(ClientHost host, PageSet pages, int failedMax = 0) : Crew(host, pages)
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
    private int _failed;

    /// <summary>Visits pages until there are no more.</summary>
    /// <param name="next">The next page; called by one thread at a time.</param>
    /// <param name="concurrency">Visitors.</param>
    /// <param name="seen">Told of each visit that was made, likewise.</param>
    /// <returns>How many visits were answered right, and in how many seconds.</returns>
    /// <exception cref="IOException">A page was not had, and none may fail.</exception>
    internal (long Count, double Seconds) Run(Func<int> next, int concurrency, Action<Visitor>? seen = null)
    {
        _next = next;
        _seen = seen;
        _count = 0;
        _failed = 0;
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
        double seconds = TimeProvider.System.GetElapsedTime(begin).TotalSeconds;

        // Those who still wait for an answer do not go on after it.
        Host.Enter();
        _next = () => NoPage;
        Host.Leave();
        return (_count, seconds);
    }

    internal override void Finish(Visitor visitor)
    {
        _count++;
        _seen?.Invoke(visitor);
        Continue(visitor);
    }

    protected override void Abandon(Visitor visitor)
    {
        if (++_failed <= failedMax)
        {
            Continue(visitor);
        }
        else
        {
            _ = _over.TrySetResult();
        }
    }

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
            if (now == before && failedMax > 0)
            {
                return;
            }

            if (now == before)
            {
                throw new IOException($"no answer for {s_patience.TotalSeconds} s, after {now} visits");
            }

            before = now;
        }

        if (failedMax == 0)
        {
            ThrowIfFailed();
        }
    }
}
