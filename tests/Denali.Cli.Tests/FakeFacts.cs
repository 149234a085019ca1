// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Engine;

namespace Denali.Cli.Tests;

/// <summary>A machine as a test wants it: without changes a good one.</summary>
internal sealed class FakeFacts : IDoctorFacts
{
    private readonly Dictionary<string, string?> _files = new()
    {
        ["/proc/sys/kernel/osrelease"] = "6.1.0-18-amd64\n",
        ["/proc/sys/vm/max_map_count"] = "65530\n",
        ["/proc/meminfo"] = "MemTotal:       16384000 kB\nMemFree: 1 kB\nMemAvailable:    8192000 kB\n",
        ["/proc/cpuinfo"] = "processor\t: 0\nflags\t\t: fpu tsc constant_tsc nonstop_tsc avx2\n",
    };

    public string KvmPath => "/dev/kvm";

    public int ProcessorCount { get; set; } = 8;

    public ulong OpenFileLimit { get; set; } = 1_048_576;

    internal bool HasTun { get; set; } = true;

    internal double TscKhz { get; set; } = 2_000_000;

    internal Func<IExecutionEngine> Engine { get; set; } = () => new FakeEngine();

    /// <summary>What a file of /proc says; null for a file that cannot be read.</summary>
    internal string? this[string path]
    {
        set => _files[path] = value;
    }

    public string? Read(string path) => _files.GetValueOrDefault(path);

    public bool Exists(string path) => path == "/dev/net/tun" && HasTun;

    public double MeasureTscKhz() => TscKhz;

    public IExecutionEngine OpenEngine() => Engine();

    /// <summary>The line of one check.</summary>
    internal string LineOf(string what)
    {
        using var output = new System.IO.StringWriter { NewLine = "\n" };
        DoctorCommand.Execute(this, output);
        return output.ToString().Split('\n').Single(line => line.Length > 5 && line[5..].StartsWith(
            what + ": ", StringComparison.Ordinal));
    }
}
