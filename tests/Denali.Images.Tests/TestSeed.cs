// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Security.Cryptography;

namespace Denali.Images.Tests;

/// <summary>Seeds and sizes of randomized tests.</summary>
/// <remarks>Without settings every run does the same. <c>DENALI_SOAK=1</c> runs longer from a fresh seed;
/// <c>DENALI_SEED=n</c> starts at a seed that a failure printed.</remarks>
public static class TestSeed
{
    /// <summary>Whether to run long.</summary>
    public static bool IsSoak { get; } = Environment.GetEnvironmentVariable("DENALI_SOAK") == "1";

    /// <summary>First seed.</summary>
    public static int First { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("DENALI_SEED"), CultureInfo.InvariantCulture, out int seed)
            ? seed
            : IsSoak ? RandomNumberGenerator.GetInt32(int.MaxValue / 2) : 1;

    /// <summary>Runs a test once per seed.</summary>
    /// <param name="quickCount">Number of seeds without soak.</param>
    /// <param name="soakCount">Number of seeds with soak.</param>
    /// <param name="test">The test; throws on failure.</param>
    public static void ForEach(int quickCount, int soakCount, Action<Random> test)
    {
        int count = IsSoak ? soakCount : quickCount;
        for (int index = 0; index < count; index++)
        {
            int seed = unchecked(First + index);
            try
            {
                test(new Random(seed));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException(
                    $"failed with seed {seed}; repeat with DENALI_SEED={seed}: {exception.Message}", exception);
            }
        }
    }
}
