// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Denali.Linux.Interop;

/// <summary>Signals and per-thread timers: signal.h, time.h.</summary>
internal static unsafe partial class Libc
{
    internal const int SIG_BLOCK = 0;
    internal const int SA_RESTART = 0x10000000;
    internal const int SIGEV_THREAD_ID = 4;
    internal const int CLOCK_REALTIME = 0;
    internal const int CLOCK_MONOTONIC = 1;

    [LibraryImport(Library)]
    internal static partial int pthread_sigmask(int how, SigSet* set, SigSet* old);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int sigaction(int signal, SigAction* action, SigAction* old);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int sigtimedwait(SigSet* set, void* info, Timespec* timeout);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int tgkill(int processId, int threadId, int signal);

    [LibraryImport(Library)]
    internal static partial int getpid();

    [LibraryImport(Library)]
    internal static partial int gettid();

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int timer_create(int clock, SigEvent* settings, nint* timer);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int timer_settime(nint timer, int flags, ITimerSpec* value, ITimerSpec* old);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int timer_delete(nint timer);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int clock_gettime(int clock, Timespec* time);
}

/// <summary>glibc's <c>sigset_t</c>: 1024 bits, of which Linux uses the first 64.</summary>
[InlineArray(16)]
internal struct SigSet
{
    internal const int SizeOf = 128;

    private ulong _first;

    /// <summary>A set of one signal.</summary>
    internal static SigSet Of(int signal)
    {
        SigSet set = default;
        set[(signal - 1) / 64] = 1UL << ((signal - 1) % 64);
        return set;
    }
}

/// <summary><c>struct timespec</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct Timespec
{
    internal const int SizeOf = 16;
    internal const long NanosecondsPerSecond = 1_000_000_000;

    [FieldOffset(0)] internal long Seconds;
    [FieldOffset(8)] internal long Nanoseconds;

    internal static Timespec FromNanoseconds(long nanoseconds) => new()
    {
        Seconds = nanoseconds / NanosecondsPerSecond,
        Nanoseconds = nanoseconds % NanosecondsPerSecond,
    };

    internal readonly long ToNanoseconds() => (Seconds * NanosecondsPerSecond) + Nanoseconds;
}

/// <summary><c>struct itimerspec</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct ITimerSpec
{
    internal const int SizeOf = 32;

    [FieldOffset(0)] internal Timespec Interval;
    [FieldOffset(16)] internal Timespec Value;
}

/// <summary><c>struct sigevent</c>, as used with <c>SIGEV_THREAD_ID</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct SigEvent
{
    internal const int SizeOf = 64;

    [FieldOffset(0)] internal nint Value;
    [FieldOffset(8)] internal int Signal;
    [FieldOffset(12)] internal int Notify;
    [FieldOffset(16)] internal int ThreadId;
}

/// <summary>glibc's <c>struct sigaction</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct SigAction
{
    internal const int SizeOf = 152;

    [FieldOffset(0)] internal nint Handler;
    [FieldOffset(8)] internal SigSet Mask;
    [FieldOffset(136)] internal int Flags;
    [FieldOffset(144)] internal nint Restorer;
}
