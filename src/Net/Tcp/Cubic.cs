// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <summary>
/// The congestion window in congestion avoidance (CUBIC, RFC 9438). Windows are segments here, and seconds are seconds,
/// as in the RFC.
/// </summary>
internal struct Cubic
{
    private const double C = 0.4;
    private const double Beta = 0.7;
    private const double Alpha = 3 * (1 - Beta) / (1 + Beta);

    private const double NsPerSecond = 1e9;

    private double _windowMax;
    private double _priorWindow;
    private double _estimate;
    private double _k;
    private ulong _epochNs;

    /// <summary>
    /// A congestion event: says what the window is to become (section 4.6), with fast convergence (section 4.7).
    /// </summary>
    /// <param name="window">The congestion window in segments.</param>
    /// <returns>The new slow start threshold in segments.</returns>
    public double OnCongestion(double window)
    {
        _epochNs = 0;
        _priorWindow = window;
        _windowMax = window < _windowMax ? window * (1 + Beta) / 2 : window;
        return Math.Max(window * Beta, 2);
    }

    /// <summary>A timeout: what the window was before it says nothing any more (section 4.8).</summary>
    public void OnTimeout()
    {
        _epochNs = 0;
        _windowMax = 0;
    }

    /// <summary>The current epoch ends without congestion: a reduction is taken back.</summary>
    public void EndEpoch() => _epochNs = 0;

    /// <summary>Time in which nothing was sent does not count (section 5.8).</summary>
    public void OnIdle(ulong idleNs)
    {
        if (_epochNs != 0)
        {
            _epochNs += idleNs;
        }
    }

    /// <summary>Segments were acknowledged in congestion avoidance.</summary>
    /// <param name="window">The congestion window in segments.</param>
    /// <param name="acknowledged">Segments.</param>
    /// <param name="rttNs">The smoothed round-trip time.</param>
    /// <param name="nowNs">The time.</param>
    /// <returns>The new window.</returns>
    public double OnAcknowledged(double window, double acknowledged, ulong rttNs, ulong nowNs)
    {
        if (_epochNs == 0)
        {
            _epochNs = Math.Max(nowNs, 1);
            _estimate = window;
            _windowMax = Math.Max(_windowMax, window);
            _k = CubeRoot((_windowMax - window) / C);
        }

        double elapsed = nowNs > _epochNs ? (nowNs - _epochNs) / NsPerSecond : 0;
        double target = WindowAt(elapsed + (rttNs / NsPerSecond));
        target = Math.Clamp(target, window, 1.5 * window);

        // Section 4.3: what Reno would have; once it is past the last loss it grows by a segment per round trip.
        _estimate += (_estimate >= _priorWindow ? 1 : Alpha) * acknowledged / window;
        if (WindowAt(elapsed) < _estimate)
        {
            return Math.Max(window, _estimate);
        }

        return window + ((target - window) / window * acknowledged);
    }

    private readonly double WindowAt(double seconds)
    {
        double distance = seconds - _k;
        return (C * distance * distance * distance) + _windowMax;
    }

    // Newton's method; guests have no library for it. Once per congestion event.
    private static double CubeRoot(double value)
    {
        if (value <= 0)
        {
            return 0;
        }

        const int Steps = 60;
        double root = Math.Max(value, 1);
        for (int i = 0; i < Steps; i++)
        {
            double next = ((2 * root) + (value / (root * root))) / 3;
            if (root - next < 1e-9 * root)
            {
                return next;
            }

            root = next;
        }

        return root;
    }
}
