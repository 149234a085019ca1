// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;

namespace Denali.Guests.Tests;

/// <summary>Where the guests are, and how long to test.</summary>
internal static class TestSettings
{
    /// <summary>Whether to run long, from a fresh seed.</summary>
    internal static bool IsSoak { get; } = Environment.GetEnvironmentVariable("DENALI_SOAK") == "1";

    /// <summary>First seed of randomized tests; a failure prints it, <c>DENALI_SEED</c> sets it.</summary>
    internal static int FirstSeed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("DENALI_SEED"), CultureInfo.InvariantCulture, out int seed)
            ? seed
            : IsSoak ? RandomNumberGenerator.GetInt32(int.MaxValue / 2) : 1;

    /// <summary>How long a soak of the network or of wakes runs; <c>DENALI_SOAK_SECONDS</c> sets it.</summary>
    internal static TimeSpan SoakTime { get; } = TimeSpan.FromSeconds(
        int.TryParse(
            Environment.GetEnvironmentVariable("DENALI_SOAK_SECONDS"), CultureInfo.InvariantCulture, out int seconds)
            ? seconds
            : 600);

    /// <summary>The repository.</summary>
    internal static string Root { get; } = FindRoot();

    /// <summary>The file of a guest that the project builds.</summary>
    internal static string GuestPath(string name) => Path.Combine(Root, "artifacts", "guests", name + ".denali");

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Denali.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder
            ?? throw new InvalidOperationException($"no Denali.slnx above {AppContext.BaseDirectory}");
    }
}
