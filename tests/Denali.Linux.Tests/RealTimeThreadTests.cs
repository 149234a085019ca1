// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Xunit;

namespace Denali.Linux.Tests;

/// <summary>A thread runs before others, if it may.</summary>
public sealed class RealTimeThreadTests
{
    // Field 41 of proc_pid_stat(5): the scheduling policy; fields after the name, which may have blanks, count from 3.
    private const int PolicyField = 41 - 3;
    private const int Fifo = 1;

    [Fact]
    public void TryBecome_TellsWhetherTheThreadIsOne() => OwnThread.Run(() =>
    {
        bool isRealTime = RealTimeThread.TryBecome();

        string stat = File.ReadAllText(string.Create(
            CultureInfo.InvariantCulture, $"/proc/self/task/{ThreadSignal.CurrentThreadId()}/stat"));
        string policy = stat[(stat.LastIndexOf(')') + 2)..].Split(' ').ElementAt(PolicyField);
        Assert.Equal(isRealTime, int.Parse(policy, CultureInfo.InvariantCulture) == Fifo);
        Assert.True(isRealTime || !Environment.IsPrivilegedProcess, "root may, outside of a container that forbids it");
    });
}
