// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Threading;
using Denali.Linux;
using Xunit;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>Runs a test in a network namespace of its own, so that it cannot disturb the machine's network.</summary>
internal static class PrivateNetwork
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    /// <summary>Runs a test on a thread in a new namespace; skips it where that is not possible.</summary>
    /// <param name="test">The test.</param>
    /// <param name="limit">How long it may take, if that is longer than usual.</param>
    internal static void Run(Action test, TimeSpan? limit = null)
    {
        Assert.SkipUnless(File.Exists("/dev/net/tun"), "there is no /dev/net/tun");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "network namespaces need root");
        Assert.SkipUnless(File.Exists("/sbin/ip") || File.Exists("/usr/sbin/ip"), "there is no ip command");
        PoolThreads.Prepare();
        ExceptionDispatchInfo? failure = null;
        string? refusal = null;
        var thread = new Thread(() =>
        {
            try
            {
                NetworkNamespace.EnterNew();
            }
            catch (LinuxException e)
            {
                refusal = e.Message;
                return;
            }

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
        Assert.True(thread.Join(limit ?? s_limit), $"the test did not end within {limit ?? s_limit}");
        Assert.SkipWhen(refusal is not null, refusal ?? string.Empty);
        PoolThreads.BringBack();
        failure?.Throw();
    }

    /// <summary>Runs the ip command.</summary>
    /// <returns>Its status and what it printed.</returns>
    internal static (int Status, string Output) Ip(string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    internal static void Configure(string arguments)
    {
        (int status, string output) = Ip(arguments);
        Assert.True(status == 0, $"ip {arguments}: {output}");
    }
}
