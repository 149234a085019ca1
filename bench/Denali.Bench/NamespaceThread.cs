// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading;
using Denali.Linux;

namespace Denali.Bench;

/// <summary>A thread in a network namespace of its own, which does what it is asked to. Needs root.</summary>
internal sealed class NamespaceThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    internal NamespaceThread()
    {
        _thread = new Thread(Run) { Name = "bench-namespace", IsBackground = true };
        _thread.Start();
        Invoke(() =>
        {
            NetworkNamespace.EnterNew();
            Id = ThreadSignal.CurrentThreadId();
        });
    }

    /// <summary>The thread's number, by which the ip command finds the namespace.</summary>
    internal int Id { get; private set; }

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    /// <summary>Runs something in the namespace and waits for it.</summary>
    internal void Invoke(Action action)
    {
        using var done = new ManualResetEventSlim();
        ExceptionDispatchInfo? failure = null;
        _work.Add(() =>
        {
            try
            {
                action();
            }
            catch (Exception thrown)
            {
                failure = ExceptionDispatchInfo.Capture(thrown);
            }

            done.Set();
        });
        done.Wait();
        failure?.Throw();
    }

    private void Run()
    {
        foreach (Action action in _work.GetConsumingEnumerable())
        {
            action();
        }
    }

    /// <summary>Runs the ip command in the namespace.</summary>
    internal void Ip(string arguments) => Invoke(() =>
    {
        using Process process = Process.Start(
            new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"ip {arguments}: {error}");
        }
    });
}
