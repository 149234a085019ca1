// SPDX-License-Identifier: MIT
using CsCheck;
using Denali.Hardware.Tests;
using Denali.Kernel.Network;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>Over any time, no more passes than the rate times the time, and the burst.</summary>
public sealed class RateLimitTests
{
    private const ulong Second = 1_000_000_000;

    [Fact]
    public void NoRate_LimitsNothing()
    {
        RateLimit limit = RateLimit.Create(0, 5, "bytes");
        limit.Take(1_000_000, 1);

        Assert.Equal(0u, limit.ReadyNs(65_536));
    }

    [Fact]
    public void Burst_AfterSilence_PassesAtOnceAndThenTheRateHolds()
    {
        RateLimit limit = RateLimit.Create(1000, 10, "frames");
        ulong now = 5 * Second;
        int passed = 0;
        for (; limit.ReadyNs(1) <= now; passed++)
        {
            limit.Take(1, now);
        }

        Assert.Equal(10, passed);
        Assert.Equal(now + (Second / 1000), limit.ReadyNs(1));
    }

    [Fact]
    public void FrameLargerThanTheBurst_PassesWhenNothingIsOwed()
    {
        RateLimit limit = RateLimit.Create(1_000_000, 100, "bytes");
        Assert.True(limit.ReadyNs(65_536) <= Second);
        limit.Take(65_536, Second);

        Assert.Equal(Second + 65_536_000, limit.ReadyNs(65_536));
    }

    [Fact]
    public void Greed_OfAnyPattern_NeverExceedsRateAndBurst() =>
        Gen.Select(Gen.ULong[1, 1_000_000_000], Gen.ULong[1, 1_000_000], Gen.UInt[1, 65_536].Array[1, 200]).Sample(
            (rate, burst, frames) =>
            {
                RateLimit limit = RateLimit.Create(rate, burst, "bytes");
                ulong now = Second;
                System.UInt128 sum = 0;
                foreach (uint bytes in frames)
                {
                    now = System.Math.Max(now, limit.ReadyNs(bytes));
                    limit.Take(bytes, now);
                    sum += bytes;
                }

                // One nanosecond of rounding for each frame, and the frame that always passes.
                System.UInt128 allowed = ((System.UInt128)(now - Second + (ulong)frames.Length) * rate / Second) + 1
                    + System.UInt128.Max(burst, 65_536);
                return sum <= allowed;
            },
            iter: Iterations.Of(1_000));

    [Fact]
    public void Rate_Impossible_IsRefusedWithTheCure() =>
        Assert.Equal(
            "1000000001 bytes per second is too high a limit: 1000000000 is the highest",
            Assert.Throws<KernelException>(() => RateLimit.Create(1_000_000_001, 0, "bytes")).Message);
}
