// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Ilwaco;

/// <summary>
/// Comes to its end in the way that its argument names, some of them the library OS's to refuse. The host knows what
/// each must look like; a guest cannot tell of its own end.
/// </summary>
internal static unsafe class Ends
{
    private static Mutex s_mutex = new();
    private static int s_rounds;

    private static int Main()
    {
        ReadOnlySpan<byte> way = Arguments.At(1);
        return way.SequenceEqual("lock-twice"u8) ? LockTwice()
            : way.SequenceEqual("unlock"u8) ? Unlock()
            : way.SequenceEqual("block-inside"u8) ? BlockInside()
            : way.SequenceEqual("block-in-callback"u8) ? BlockInCallback()
            : way.SequenceEqual("stacks"u8) ? UseAllStacks()
            : way.SequenceEqual("overflow"u8) ? OverflowThread()
            : way.SequenceEqual("main-returns"u8) ? ReturnBesideThreads()
            : way.SequenceEqual("main-exits"u8) ? ExitFromMain()
            : way.SequenceEqual("spin"u8) ? Spin()
            : way.SequenceEqual("idle"u8) ? Sleep()
            : way.SequenceEqual("handle"u8) ? HandleTermination()
            : way.SequenceEqual("wait"u8) ? WaitForTermination()
            : way.SequenceEqual("lines"u8) ? EchoLines()
            : way.SequenceEqual("spin-and-read"u8) ? ReadBesideSpin()
            : 1;
    }

    private static int LockTwice()
    {
        s_mutex.Lock();
        s_mutex.Lock();
        return 0;
    }

    private static int Unlock()
    {
        s_mutex.Unlock();
        return 0;
    }

    private static int BlockInside()
    {
        CriticalSection.Enter();
        CriticalSection.Enter();
        GuestThread.Sleep(Clock.NsPerMs);
        return 0;
    }

    private static int BlockInCallback()
    {
        Timer timer = new(() => GuestThread.Sleep(Clock.NsPerMs));
        timer.SetAfter(1);
        GuestThread.Sleep(Clock.NsPerSecond);
        return 0;
    }

    private static int UseAllStacks()
    {
        while (true)
        {
            GuestThread.Start(() => GuestThread.Sleep(Clock.NsPerSecond));
        }
    }

    private static int OverflowThread()
    {
        GuestThread.Start(() => Recurse(1)).Join();
        return 0;
    }

    private static int Recurse(int depth)
    {
        Span<int> frame = stackalloc int[64];
        frame[depth & 63] = depth;
        return Recurse(depth + 1) + frame[(depth + 1) & 63];
    }

    private static int ReturnBesideThreads()
    {
        GuestThread.Start(&SpinForEver, null);
        GuestThread.Start(() => GuestThread.Sleep(Clock.NsPerSecond * 1000));
        GuestThread.Sleep(Clock.NsPerMs);
        return 7;
    }

    private static int ExitFromMain()
    {
        GuestThread.Start(() =>
        {
            GuestThread.Sleep(Clock.NsPerMs);
            VirtualInstructions.Terminate(8);
        });
        GuestThread.Exit();
        return 0;
    }

    private static void SpinForEver(void* unused)
    {
        while (true)
        {
            s_rounds++;
        }
    }

    private static int Spin()
    {
        ConsoleDevice.WriteLine("started"u8);
        SpinForEver(null);
        return 0;
    }

    private static int Sleep()
    {
        ConsoleDevice.WriteLine("started"u8);
        GuestThread.Sleep(Clock.NsPerSecond * 1000);
        return 0;
    }

    private static int HandleTermination()
    {
        int asked = 0;
        Termination.SetHandler(() => Volatile.Write(ref asked, 1));
        ConsoleDevice.WriteLine("started"u8);
        while (Volatile.Read(ref asked) == 0)
        {
            s_rounds++;
        }

        return Termination.IsRequested ? 9 : 1;
    }

    private static int WaitForTermination()
    {
        GuestThread.Start(&SpinForEver, null, ThreadPriority.Low);
        ConsoleDevice.WriteLine("started"u8);
        Termination.Wait();
        return 10;
    }

    // Until an empty line.
    private static int EchoLines()
    {
        ConsoleDevice.WriteLine("started"u8);
        Span<byte> line = stackalloc byte[16];
        int length = ConsoleDevice.ReadLine(line);
        while (length != 0)
        {
            ConsoleDevice.Write("<"u8);
            ConsoleDevice.Write(line.Slice(0, length));
            ConsoleDevice.WriteLine(">"u8);
            length = ConsoleDevice.ReadLine(line);
        }

        return 0;
    }

    private static int ReadBesideSpin()
    {
        GuestThread.Start(&SpinForEver, null, ThreadPriority.Low);
        return EchoLines();
    }
}
