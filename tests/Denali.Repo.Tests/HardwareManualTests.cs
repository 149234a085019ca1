// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using System.Runtime.InteropServices;
using Denali.Hardware;
using Xunit;

namespace Denali.Repo.Tests;

/// <summary>The manual is about the hardware that exists, all of it.</summary>
public sealed class HardwareManualTests
{
    private enum Sample
    {
        First = 0,
        Second = 4096,
    }

    [Fact]
    public void Manual_NamesEveryMemberWithItsValue() =>
        Findings.None(HardwareManual.Missing(
            Repository.Read("docs/virtual-hardware.md"),
            typeof(RegisterPage).Assembly.GetExportedTypes().OrderBy(type => type.Name, StringComparer.Ordinal)));

    [Theory]
    [InlineData("# M\n## Kinds (`Sample`)\n| `First` | 0 |\n| `Second` | 4,096 |", 0)]
    [InlineData("# M\n## Kinds (`Sample`)\n| `First` | 0 |\n| `Second` | 0x1000 |", 0)]
    [InlineData("# M\n## Kinds (`Sample`)\n| `First` | 0 |\n| `Second` | 4097 |", 1)]
    [InlineData("# M\n## Kinds (`Sample`)\n| `First` | 0 |", 1)]
    [InlineData("# M\n## Kinds\n| `First` | 0 |\n| `Second` | 4096 |", 1)]
    [InlineData("# M\n## Kinds (`Sample`)\n## Other\n| `First` | 0 |\n| `Second` | 4096 |", 2)]
    public void Missing_Sample(string manual, int findings) =>
        Assert.Equal(findings, HardwareManual.Missing(manual, [typeof(Sample)]).Count());

    [Theory]
    [InlineData("# M\n## `Pair`\n| 0x08 | `Value` |", 0)]
    [InlineData("# M\n## `Pair`\n| 0x10 | `Value` |", 1)]
    public void Missing_OffsetSample(string manual, int findings) =>
        Assert.Equal(findings, HardwareManual.Missing(manual, [typeof(Pair)]).Count());

    [StructLayout(LayoutKind.Explicit)]
    private struct Pair
    {
        [FieldOffset(8)] public uint Value;
    }
}
