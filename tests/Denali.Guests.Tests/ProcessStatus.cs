// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Denali.Guests.Tests;

/// <summary>What this process and the machine use, from /proc.</summary>
internal static class ProcessStatus
{
    /// <summary>Resident memory of this process in bytes.</summary>
    internal static long ResidentBytes => ReadKib("/proc/self/status", "VmRSS:");

    /// <summary>Memory that the machine could still give out, in bytes.</summary>
    internal static long AvailableBytes => ReadKib("/proc/meminfo", "MemAvailable:");

    /// <summary>Open file descriptors.</summary>
    internal static int OpenFiles => Directory.GetFiles("/proc/self/fd").Length;

    /// <summary>Memory regions of this process.</summary>
    internal static int Regions => File.ReadLines("/proc/self/maps").Count();

    private static long ReadKib(string path, string name)
    {
        string line = File.ReadLines(path).First(line => line.StartsWith(name, StringComparison.Ordinal));
        string number = line[name.Length..].Replace("kB", string.Empty, StringComparison.Ordinal).Trim();
        return long.Parse(number, CultureInfo.InvariantCulture) * 1024;
    }
}
