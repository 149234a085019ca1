// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Denali.Linux.Tests.Abi;

/// <summary>
/// Goal: every number that we share with the kernel is the kernel's. Method: what the interop layers define is found by
/// reflection; a C program prints what the system's headers say about it. A structure without a row in
/// <see cref="AbiTable"/>, or a constant that C does not know, fails.
/// </summary>
public sealed class AbiTests
{
    [Fact]
    public void Structs_AllHaveARow() =>
        Assert.Equal(
            AbiTable.OurStructs().Select(type => type.FullName).Order(),
            AbiTable.Structs.Select(row => row.Type.FullName).Order());

    [Fact]
    public void Structs_AgreeWithTheHeaders()
    {
        HeaderProbe.SkipWithoutCompiler();
        Dictionary<string, ulong> theirs = HeaderProbe.Evaluate(
            AbiTable.Includes, AbiTable.Structs.SelectMany(row => row.Theirs()));

        IEnumerable<(string, ulong)> rows = AbiTable.Structs.Where(row => !row.IsHead).SelectMany(row => row.Ours());
        Assert.Empty(Differences(rows, theirs));
        IEnumerable<(string Name, ulong)> heads = AbiTable.Structs.Where(row => row.IsHead)
            .SelectMany(row => row.Ours()).Where(row => !row.Name.EndsWith(".SizeOf", StringComparison.Ordinal));
        Assert.Empty(Differences(heads, theirs));
    }

    [Fact]
    public void Heads_LieInsideTheirStruct()
    {
        HeaderProbe.SkipWithoutCompiler();
        StructRow[] heads = [.. AbiTable.Structs.Where(row => row.IsHead)];
        Dictionary<string, ulong> theirs = HeaderProbe.Evaluate(
            AbiTable.Includes, heads.SelectMany(row => row.Theirs()));

        Assert.All(heads, row =>
        {
            (string name, ulong size) = row.Ours().First();
            Assert.InRange(size, 1u, theirs[name]);
        });
    }

    [Fact]
    public void Constants_AgreeWithTheHeaders()
    {
        HeaderProbe.SkipWithoutCompiler();
        (string Name, ulong Value)[] ours =
            [.. AbiTable.OurConstants().Where(row => !IsSizeOfHead(row.Name))];
        Dictionary<string, ulong> theirs = HeaderProbe.Evaluate(
            AbiTable.Includes, ours.Select(row => (row.Name, AbiTable.ExpressionOf(row.Name))));

        Assert.True(ours.Length > 60, $"only {ours.Length} constants were found");
        Assert.Empty(Differences(ours, theirs));
    }

    [Fact]
    public void Types_OfPlainArguments_AreAsWide()
    {
        HeaderProbe.SkipWithoutCompiler();
        (string Name, ulong Value)[] ours =
        [
            ("timer_t", 8), ("off_t", 8), ("size_t", 8), ("ssize_t", 8), ("mode_t", 4), ("pid_t", 4), ("clockid_t", 4),
            ("rlim_t", 8), ("int", 4), ("long", 8),
        ];
        Dictionary<string, ulong> theirs = HeaderProbe.Evaluate(
            AbiTable.Includes, ours.Select(row => (row.Name, $"sizeof({row.Name})")));

        Assert.Empty(Differences(ours, theirs));
    }

    [Fact]
    public void KickSignal_IsARealTimeSignalThatTheLibraryDoesNotUse()
    {
        HeaderProbe.SkipWithoutCompiler();
        Dictionary<string, ulong> theirs = HeaderProbe.Evaluate(
            AbiTable.Includes, [("first", "SIGRTMIN"), ("last", "SIGRTMAX")]);

        Assert.InRange((ulong)ThreadSignal.Number, theirs["first"] + 1, theirs["last"] - 1);
    }

    [Fact]
    public void Differences_WrongOrMissingValue_AreFound()
    {
        var theirs = new Dictionary<string, ulong> { ["same"] = 1, ["other"] = 2 };

        Assert.Equal(
            ["other: ours 3, theirs 2", "absent: ours 4, theirs nothing"],
            Differences([("same", 1), ("other", 3), ("absent", 4)], theirs));
    }

    private static bool IsSizeOfHead(string name) =>
        AbiTable.Structs.Any(row => row.IsHead && name == $"{row.Type.Name}.SizeOf");

    private static IEnumerable<string> Differences(
        IEnumerable<(string Name, ulong Value)> ours, Dictionary<string, ulong> theirs)
    {
        foreach ((string name, ulong value) in ours)
        {
            bool isKnown = theirs.TryGetValue(name, out ulong their);
            if (!isKnown || their != value)
            {
                yield return $"{name}: ours {value}, theirs {(isKnown ? their : "nothing")}";
            }
        }
    }
}
