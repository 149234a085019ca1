// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Xunit;

namespace Denali.Repo.Tests;

/// <summary>How a rule tells what it found.</summary>
internal static class Findings
{
    /// <summary>Fails with all findings, one a line, if there are any.</summary>
    /// <param name="findings">What is wrong, each with its place.</param>
    public static void None(IEnumerable<string> findings)
    {
        string[] all = [.. findings];
        Assert.True(all.Length == 0, string.Join('\n', all));
    }
}
