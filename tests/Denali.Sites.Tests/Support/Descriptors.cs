// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Xunit;

namespace Denali.Sites.Tests.Support;

/// <summary>How many files and sockets a process may have.</summary>
internal static class Descriptors
{
    // What a test and the command have besides its connections.
    private const int Others = 600;

    /// <summary>Skips a test that needs more connections than a process may have.</summary>
    internal static void Need(int connections)
    {
        string line = File.ReadLines("/proc/self/limits")
            .First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        string hard = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4];
        Assert.SkipUnless(
            hard == "unlimited" || long.Parse(hard, CultureInfo.InvariantCulture) >= connections + Others,
            $"a process may have {hard} files here, and {connections} connections need more: raise ulimit -n");
    }
}
