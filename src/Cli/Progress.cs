// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using System.Threading.Tasks;

namespace Denali.Cli;

/// <summary>Shows on a terminal that something takes its time, once it has taken a second.</summary>
internal static class Progress
{
    private const int BarColumns = 30;

    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Waits for something.</summary>
    /// <param name="what">What it is.</param>
    /// <param name="work">It.</param>
    /// <param name="part">Tells how much of it is done, 0 to 1, or null if nobody knows.</param>
    /// <returns>What came of it, once it is complete.</returns>
    internal static Task<T> While<T>(string what, Task<T> work, Func<double>? part = null)
    {
        Wait(what, work, part);
        return work;
    }

    /// <summary>Does something.</summary>
    /// <param name="what">What it is.</param>
    /// <param name="work">It.</param>
    /// <returns>What came of it.</returns>
    internal static T Do<T>(string what, Func<T> work)
    {
        var done = new TaskCompletionSource();
        var shows = new Thread(() => Wait(what, done.Task)) { Name = "progress", IsBackground = true };
        shows.Start();
        try
        {
            return work();
        }
        finally
        {
            done.SetResult();
            shows.Join();
        }
    }

    /// <summary>Waits for something, whatever comes of it.</summary>
    /// <param name="what">What it is.</param>
    /// <param name="work">It.</param>
    /// <param name="part">Tells how much of it is done, 0 to 1, or null if nobody knows.</param>
    internal static void Wait(string what, Task work, Func<double>? part = null)
    {
        // What failed says so where its result is asked for.
        Task end = work.ContinueWith(
            _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        if (Console.IsErrorRedirected)
        {
            end.Wait();
            return;
        }

        int step = 0;
        while (!end.Wait(step == 0 ? s_first : s_interval))
        {
            ErrorOutput.Write("\r" + Line(what, part?.Invoke(), step++) + "\e[K");
        }

        if (step > 0)
        {
            ErrorOutput.Write("\r\e[K");
        }
    }

    /// <summary>A line that tells how far something is.</summary>
    /// <param name="what">What it is.</param>
    /// <param name="part">How much of it is done, 0 to 1, or null if nobody knows.</param>
    /// <param name="step">How often it was told before.</param>
    internal static string Line(string what, double? part, int step)
    {
        if (part is not { } done)
        {
            return $"{what} {@"-\|/"[step % 4]}";
        }

        double known = Math.Clamp(done, 0, 1);
        int columns = (int)(known * BarColumns);
        return $"{what} [{new string('#', columns)}{new string('.', BarColumns - columns)}] {(int)(known * 100),3} %";
    }
}
