// SPDX-License-Identifier: MIT
using System;
using Ilwaco;

/// <summary>Reads all files of its disk, in the way that its first argument names, and tells their hashes.</summary>
internal static unsafe class Files
{
    private const int ThreadCount = 6;
    private const uint SmallCache = 32;

    private static int s_wrong;
    private static ulong s_sum;

    private static int Main()
    {
        ReadOnlySpan<byte> what = Arguments.At(1);
        if (what.SequenceEqual("suite"u8))
        {
            return FileSuite.Run();
        }

        if (Arguments.Count > 2)
        {
            FileSystem.CachePages = SmallCache;
        }

        return what.SequenceEqual("list"u8) ? List()
            : what.SequenceEqual("hold"u8) ? SumOnce(isHeld: true)
            : what.SequenceEqual("threads"u8) ? SumInThreads()
            : what.SequenceEqual("again"u8) ? SumTwice()
            : what.SequenceEqual("forever"u8) ? SumForEver()
            : 2;
    }

    private static int List()
    {
        var walker = new TreeWalker(isHeld: false, isListed: true);
        return Check(walker.Walk());
    }

    private static int SumOnce(bool isHeld)
    {
        var walker = new TreeWalker(isHeld, isListed: false);
        int result = Check(walker.Walk());
        Print("sum "u8, walker.Sum);
        return result;
    }

    /// <summary>What was read once is in the cache, and is read without the disk.</summary>
    private static int SumTwice()
    {
        int result = SumOnce(isHeld: false);
        ulong misses = FileSystem.CacheCounts.Misses;
        result += SumOnce(isHeld: true);
        Print("misses "u8, FileSystem.CacheCounts.Misses - misses);
        return result;
    }

    /// <summary>Many threads read the same files at the same time.</summary>
    private static int SumInThreads()
    {
        s_sum = new TreeWalkerSum(isHeld: false).Value;
        var threads = new GuestThread[ThreadCount];
        for (int i = 0; i < ThreadCount; i++)
        {
            threads[i] = i % 2 == 0
                ? GuestThread.Start(static () => Compare(isHeld: false))
                : GuestThread.Start(static () => Compare(isHeld: true));
        }

        foreach (GuestThread thread in threads)
        {
            thread.Join();
        }

        Print("sum "u8, s_sum);
        return s_wrong;
    }

    private static int SumForEver()
    {
        ConsoleDevice.WriteLine("reading"u8);
        while (true)
        {
            _ = new TreeWalkerSum(isHeld: false);
        }
    }

    private static void Compare(bool isHeld)
    {
        if (new TreeWalkerSum(isHeld).Value != s_sum)
        {
            CriticalSection.Enter();
            s_wrong++;
            CriticalSection.Leave();
        }
    }

    private static int Check(int error)
    {
        if (error != 0)
        {
            Print("error "u8, (ulong)-error);
        }

        return error == 0 ? 0 : 1;
    }

    private static void Print(ReadOnlySpan<byte> name, ulong value)
    {
        Utf8Writer writer = new(stackalloc byte[64]);
        writer.Write(name);
        writer.WriteDecimal(value);
        ConsoleDevice.WriteLine(writer.Written);
    }

    /// <summary>The sum of a whole walk, whose memory is given back.</summary>
    private readonly struct TreeWalkerSum
    {
        internal TreeWalkerSum(bool isHeld)
        {
            var walker = new TreeWalker(isHeld, isListed: false);
            int error = walker.Walk();
            Value = error == 0 ? walker.Sum : 0;
            walker.Free();
        }

        internal ulong Value { get; }
    }
}
