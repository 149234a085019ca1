// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Denali.Engine;
using Denali.Kvm;
using Denali.Linux;

namespace Denali.Cli;

/// <summary>Facts of this machine.</summary>
internal sealed class DoctorFacts : IDoctorFacts
{
    public string KvmPath => KvmDevice.Path;

    public int ProcessorCount => Environment.ProcessorCount;

    public ulong OpenFileLimit => ResourceLimits.RaiseOpenFiles();

    public string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public bool Exists(string path) => File.Exists(path);

    public double MeasureTscKhz()
    {
        TimeSpan time = TimeSpan.FromMilliseconds(50);
        var counter = new TimestampCounter();
        counter.Read();
        long start = TimeProvider.System.GetTimestamp();
        ulong first = counter.Read();
        while (TimeProvider.System.GetElapsedTime(start) < time)
        {
        }

        ulong last = counter.Read();
        return (last - first) / TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
    }

    public IExecutionEngine OpenEngine() => new KvmEngine(KvmPath);
}
