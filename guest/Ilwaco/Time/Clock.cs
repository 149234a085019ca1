// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>The clocks. Reading one never leaves the VM; any thread, inside of critical sections too.</summary>
public static unsafe class Clock
{
    /// <summary>Nanoseconds in a microsecond.</summary>
    public const ulong NsPerUs = 1_000;

    /// <summary>Nanoseconds in a millisecond.</summary>
    public const ulong NsPerMs = 1_000_000;

    /// <summary>Nanoseconds in a second.</summary>
    public const ulong NsPerSecond = 1_000_000_000;

    /// <summary>
    /// Nanoseconds since some moment before the VM started. Never goes back, and goes on while the VM idles.
    /// </summary>
    public static ulong MonotonicNs
    {
        get
        {
            Read(out ulong monotonicNs, out _);
            return monotonicNs;
        }
    }

    /// <summary>
    /// Nanoseconds since 1970-01-01 UTC, without leap seconds. May jump when the host's clock is set.
    /// </summary>
    public static ulong WallNs
    {
        get
        {
            Read(out ulong monotonicNs, out long offsetNs);
            return unchecked(monotonicNs + (ulong)offsetNs);
        }
    }

    /// <summary>The time that comes after a duration.</summary>
    /// <param name="durationNs">The duration in nanoseconds.</param>
    /// <returns>
    /// Monotonic time in nanoseconds, or <see cref="InstructionPage.Never"/> if that is beyond what it can express.
    /// </returns>
    public static ulong After(ulong durationNs)
    {
        ulong nowNs = MonotonicNs;
        return durationNs < InstructionPage.Never - nowNs ? nowNs + durationNs : InstructionPage.Never;
    }

    // The kernel may change what the counter is scaled with while the VM is away from the processor, which can be
    // between any two instructions; it then changes the generation as well, and everything is read again.
    private static void Read(out ulong monotonicNs, out long wallOffsetNs)
    {
        RegisterPage* registers = VirtualRegisters.Page;
        ulong generation;
        do
        {
            generation = Volatile.Read(ref registers->Generation);
            ulong baseNs = registers->MonotonicBaseNs;
            ulong baseTicks = registers->TscBase;
            ulong multiplier = registers->TscMultiplier;
            wallOffsetNs = registers->WallClockOffsetNs;
            ulong ticks = unchecked(Native.ReadTsc() - baseTicks);

            // Less than nothing has passed if another processor's counter is a few ticks behind.
            ticks = (long)ticks < 0 ? 0 : ticks;
            ulong high = Math.BigMul(ticks, multiplier, out ulong low);
            monotonicNs = baseNs + ((high << 32) | (low >> 32));
        }
        while (Volatile.Read(ref registers->Generation) != generation);
    }
}
