// SPDX-License-Identifier: MIT
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

/// <summary>RFC 9438, against its own formulas.</summary>
public sealed class CubicTests
{
    private const ulong Second = 1_000_000_000;

    [Fact]
    public void Congestion_KeepsSevenTenths()
    {
        Cubic cubic = default;
        Assert.Equal(70, cubic.OnCongestion(100), 9);
        Assert.Equal(2, cubic.OnCongestion(1), 9);
    }

    [Fact]
    public void Window_ComesBackToItsMaximumAfterK()
    {
        Cubic cubic = default;
        double window = cubic.OnCongestion(1000);

        // K = cbrt(1000 * 0.3 / 0.4) = 9.086 s. Round trips of 100 ms.
        double atK = Run(ref cubic, window, 9.086);
        Assert.InRange(atK, 990, 1001);
    }

    [Fact]
    public void Window_PastItsMaximum_ProbesBeyond()
    {
        Cubic cubic = default;
        double window = cubic.OnCongestion(1000);

        // 0.4 * (14.086 - 9.086)^3 = 50.
        Assert.InRange(Run(ref cubic, window, 14.086), 1035, 1055);
    }

    [Fact]
    public void Window_OfAShortPath_GrowsAsRenoWould()
    {
        Cubic cubic = default;
        double window = cubic.OnCongestion(20);
        double after = window;
        for (int i = 0; i < 20; i++)
        {
            after = cubic.OnAcknowledged(after, after, Second / 1000, Second + ((ulong)i * Second / 1000));
        }

        // Twenty round trips of a millisecond: 9/17 of a segment each, and one each beyond the old window.
        Assert.InRange(after, window + 9, window + 15);
    }

    [Fact]
    public void Congestion_BelowTheLastMaximum_ReleasesBandwidthEarly()
    {
        Cubic fast = default;
        _ = fast.OnCongestion(1000);
        double window = fast.OnCongestion(500);
        Cubic slow = default;
        _ = slow.OnCongestion(500);
        Assert.True(Run(ref fast, window, 6) < Run(ref slow, window, 6));
    }

    private static double Run(ref Cubic cubic, double window, double seconds)
    {
        ulong start = Second;
        for (ulong now = start; now < start + (ulong)(seconds * Second); now += Second / 10)
        {
            window = cubic.OnAcknowledged(window, window, Second / 10, now);
        }

        return window;
    }
}
