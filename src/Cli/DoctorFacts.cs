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
        const int Tries = 5;
        var counter = new TimestampCounter();
        counter.Read();
        (double khz, TimeSpan uncertain) best = (0, TimeSpan.MaxValue);
        for (int i = 0; i < Tries; i++)
        {
            (double khz, TimeSpan uncertain) = MeasureOnce(counter);
            best = uncertain < best.uncertain ? (khz, uncertain) : best;
        }

        return best.khz;
    }

    public IExecutionEngine OpenEngine() => new KvmEngine(KvmPath);

    // The clock is read on both sides of the counter: a thread that was interrupted between the reads shows.
    private static (double Khz, TimeSpan Uncertain) MeasureOnce(TimestampCounter counter)
    {
        TimeSpan time = TimeSpan.FromMilliseconds(10);
        TimeProvider clock = TimeProvider.System;
        long before = clock.GetTimestamp();
        ulong first = counter.Read();
        long start = clock.GetTimestamp();
        while (clock.GetElapsedTime(start) < time)
        {
        }

        long end = clock.GetTimestamp();
        ulong last = counter.Read();
        long after = clock.GetTimestamp();
        TimeSpan elapsed = (clock.GetElapsedTime(before, after) + clock.GetElapsedTime(start, end)) / 2;
        TimeSpan uncertain = clock.GetElapsedTime(before, start) + clock.GetElapsedTime(end, after);
        return ((last - first) / elapsed.TotalMilliseconds, uncertain);
    }
}
