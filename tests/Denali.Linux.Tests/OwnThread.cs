// SPDX-License-Identifier: MIT
using System;
using System.Runtime.ExceptionServices;
using System.Threading;
using Xunit;

namespace Denali.Linux.Tests;

/// <summary>Runs a test on a thread of its own, because a blocked signal stays blocked in it.</summary>
internal static class OwnThread
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    internal static void Run(Action test)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                test();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        Assert.True(thread.Join(s_limit), $"the thread did not end within {s_limit}");
        failure?.Throw();
    }
}
