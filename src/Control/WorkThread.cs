// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;

namespace Denali.Control;

/// <summary>A thread that does what it is given, one after the other.</summary>
internal sealed class WorkThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    /// <summary>Starts it.</summary>
    /// <param name="name">Its name.</param>
    internal WorkThread(string name)
    {
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Gives it something to do. After its end nothing happens.</summary>
    /// <param name="work">What; must not throw.</param>
    internal void Post(Action work)
    {
        try
        {
            _work.Add(work);
        }
        catch (InvalidOperationException)
        {
            // Nobody is left whom it would concern.
        }
    }

    /// <summary>Has something found out. After its end nobody answers.</summary>
    /// <param name="work">What; may throw a <see cref="ControlException"/>, which is for whoever awaits.</param>
    /// <returns>Completes with what it found.</returns>
    internal Task<T?> Ask<T>(Func<T?> work)
    {
        var answer = new TaskCompletionSource<T?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            try
            {
                answer.SetResult(work());
            }
            catch (ControlException e)
            {
                answer.SetException(e);
            }
        });
        return answer.Task;
    }

    /// <summary>Does what is left to do, then ends.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
    }

    private void Run()
    {
        foreach (Action work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
