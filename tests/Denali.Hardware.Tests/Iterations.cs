// SPDX-License-Identifier: MIT
using System;

namespace Denali.Hardware.Tests;

/// <summary>How long property tests run: <c>--quick</c> and <c>--soak</c> reach them through the environment.</summary>
internal static class Iterations
{
    /// <summary>Scales a number of iterations.</summary>
    /// <param name="normal">How many in an ordinary run.</param>
    /// <returns>A tenth of it in a quick run, a hundred times as many in a soak run.</returns>
    public static int Of(int normal) =>
        IsSet("DENALI_SOAK") ? normal * 100 : IsSet("DENALI_QUICK") ? Math.Max(1, normal / 10) : normal;

    private static bool IsSet(string name) => Environment.GetEnvironmentVariable(name) == "1";
}
