// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Xunit;

namespace Denali.Guests.Tests.Soak;

/// <summary>What was used after a part of the churn, when all was quiet, and how long a wake took then.</summary>
/// <param name="ResidentBytes">Memory of the process.</param>
/// <param name="ManagedBytes">Objects that are alive.</param>
/// <param name="ParkedBytes">What is kept of parked VMs in memory.</param>
/// <param name="SwapBytes">What is used of the swap file.</param>
/// <param name="Files">Open descriptors.</param>
/// <param name="ParkedUs">Median of waking a VM that is parked.</param>
/// <param name="SwappedUs">The same of one that is in the swap file.</param>
/// <param name="BoundUs">The same of one that has its slot: what the machine does at the time.</param>
internal sealed record ChurnWindow(
    long ResidentBytes,
    long ManagedBytes,
    long ParkedBytes,
    long SwapBytes,
    long Files,
    double ParkedUs,
    double SwappedUs,
    double BoundUs)
{
    /// <summary>Asserts that nothing of the last third is above the middle third by more than its bound.</summary>
    /// <param name="windows">The windows after the warm-up, in order.</param>
    /// <param name="parkedGrowth">Growth of what is kept of VMs that is no leak, as a part of it.</param>
    internal static void AssertLevel(IReadOnlyList<ChurnWindow> windows, double parkedGrowth)
    {
        int third = windows.Count / 3;
        ChurnWindow[] middle = [.. windows.Skip(third).Take(third)];
        ChurnWindow[] last = [.. windows.Skip(2 * third)];
        string all = Tell(windows);

        // The runtime and the allocator give memory back when they like: a few MiB come and go. A leak of one object,
        // 24 bytes, with each wake would be more after half a million.
        Check("resident bytes", window => window.ResidentBytes, 0.03, 12 << 20);

        // After a full collection this is exact, but for what pools keep.
        Check("managed bytes", window => window.ManagedBytes, 0.03, 512 << 10);

        // Which VMs are in memory and which in the file is chance, and how well each is compressed.
        Check("parked bytes", window => window.ParkedBytes, parkedGrowth, 128 << 10);
        Check("swap bytes", window => window.SwapBytes, parkedGrowth, 128 << 10);

        // Those of the runtime, such as of a thread that comes to the pool. A leak would be one for each of thousands.
        Check("descriptors", window => window.Files, 0, 4);

        // Whatever else the machine does changes all medians alike: so their ratio is compared. Half as much again is
        // far above what it varies by, and what lengthens with each wake would be many times that.
        Check("median of a parked wake over that of a bound one", window => window.ParkedUs / window.BoundUs, 0.5, 0);
        Check("the same of one in the file", window => window.SwappedUs / window.BoundUs, 0.5, 0);

        void Check(string what, Func<ChurnWindow, double> of, double part, double spare)
        {
            double before = Median(middle.Select(of));
            double after = Median(last.Select(of));
            Assert.True(after <= (before * (1 + part)) + spare, $"{what}: from {before:F1} to {after:F1}\n{all}");
        }
    }

    /// <summary>A table for people.</summary>
    internal static string Tell(IReadOnlyList<ChurnWindow> windows)
    {
        var text = new StringBuilder(
            "resident KiB, managed KiB, parked KiB, swap KiB, files, parked us, swapped us, bound us\n");
        foreach (ChurnWindow window in windows)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"{window.ResidentBytes >> 10} {window.ManagedBytes >> 10} {window.ParkedBytes >> 10} "
                + $"{window.SwapBytes >> 10} {window.Files} {window.ParkedUs:F1} {window.SwappedUs:F1} "
                + $"{window.BoundUs:F1}");
        }

        return text.ToString();
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
