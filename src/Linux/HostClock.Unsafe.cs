// SPDX-License-Identifier: MIT
using Denali.Linux.Interop;

namespace Denali.Linux;

/// <summary>
/// The clock that host and guests share: nanoseconds computed from the time stamp counter with one multiplier for the
/// life of the process, so that a guest that reads the counter itself sees the same time.
/// </summary>
/// <remarks>Immutable; any thread. Zero is the boot of the host, like CLOCK_MONOTONIC; or an earlier one, if
/// guests are older than that.</remarks>
public sealed unsafe class HostClock
{
    private readonly TimestampCounter _counter = new();

    /// <summary>Starts the clock.</summary>
    /// <param name="tscKhz">Frequency of the counter in kHz, above 1,000,000.</param>
    /// <param name="notBeforeNs">The least time that it may show: what guests have seen before must not come
    /// again.</param>
    public HostClock(uint tscKhz, ulong notBeforeNs = 0)
    {
        TscKhz = tscKhz;
        Multiplier = (ulong)(((System.UInt128)1_000_000 << 32) / tscKhz);

        // Read the counter on both sides of the clock and keep the closest of some tries, so that a thread that is
        // preempted between the reads does not shift the clock.
        ulong closest = ulong.MaxValue;
        for (int i = 0; i < 16; i++)
        {
            ulong before = _counter.Read();
            long now = ReadClock(Libc.CLOCK_MONOTONIC);
            ulong after = _counter.Read();
            if (after - before < closest)
            {
                closest = after - before;
                TscBase = before + (closest / 2);
                BaseNs = (ulong)now;
            }
        }

        BaseNs = System.Math.Max(BaseNs, notBeforeNs);
    }

    /// <summary>Frequency of the time stamp counter in kHz.</summary>
    public uint TscKhz { get; }

    /// <summary>Nanoseconds per tick, times 2^32.</summary>
    public ulong Multiplier { get; }

    /// <summary>Counter value at <see cref="BaseNs"/>.</summary>
    public ulong TscBase { get; }

    /// <summary>Time at <see cref="TscBase"/>.</summary>
    public ulong BaseNs { get; }

    /// <summary>The time now, in nanoseconds.</summary>
    public ulong NowNs
    {
        get
        {
            ulong ticks = _counter.Read() - TscBase;
            return BaseNs + ((ticks >> 32) * Multiplier) + (((ticks & uint.MaxValue) * Multiplier) >> 32);
        }
    }

    /// <summary>What to add to <see cref="NowNs"/> for nanoseconds since 1970-01-01 UTC, as of now.</summary>
    /// <returns>The offset in nanoseconds.</returns>
    public long WallClockOffsetNs() => ReadClock(Libc.CLOCK_REALTIME) - (long)NowNs;

    private static long ReadClock(int clock)
    {
        Timespec time;

        // SAFETY: the structure lives on this stack for the length of the call.
        return Libc.clock_gettime(clock, &time) == 0
            ? time.ToNanoseconds()
            : throw LinuxException.FromLastError("clock_gettime");
    }
}
