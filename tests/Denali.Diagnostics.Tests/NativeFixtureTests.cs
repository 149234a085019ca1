// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Engine;
using Denali.Images;
using Xunit;

namespace Denali.Diagnostics.Tests;

/// <summary>Lines and stack traces of a real program against binutils, for every frame style and line table version.
/// </summary>
public sealed class NativeFixtureTests
{
    public static TheoryData<string> Options => new(
        from version in (string[])["-gdwarf-4", "-gdwarf-5"]
        from level in (string[])["-O0", "-O1", "-O2", "-O2 -fno-omit-frame-pointer", "-Os -mpush-args"]
        select $"{version} {level}");

    [Theory]
    [MemberData(nameof(Options))]
    public void TryFind_EveryAddressOfTheCode_AgreesWithAddr2line(string options)
    {
        NativeFixture fixture = NativeFixture.Get(options);
        LineTable table = LineTable.Read(fixture.Image);
        Assert.True(fixture.Image.TryFindSection(".text", out ImageSection text));
        List<ulong> addresses = [.. Enumerable.Range(0, text.Bytes.Length).Select(at => text.Address + (ulong)at)];

        IReadOnlyList<(string Function, string Place)> expected = fixture.Lookup(addresses);

        Assert.Equal(addresses.Count, expected.Count);
        Assert.True(addresses.Count > 300);
        int known = 0;
        for (int index = 0; index < addresses.Count; index++)
        {
            bool isFound = table.TryFind(addresses[index], out SourceLine line);
            string place = expected[index].Place;
            Assert.Equal(!place.EndsWith(":?", StringComparison.Ordinal), isFound);
            Assert.True(!isFound || place.EndsWith(line.ToString(), StringComparison.Ordinal), $"{place} {line}");
            known += isFound ? 1 : 0;
        }

        Assert.True(known > addresses.Count * 9 / 10, $"only {known} of {addresses.Count} addresses have lines");
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void Walk_RealStack_FindsEveryCall(string options)
    {
        NativeFixture fixture = NativeFixture.Get(options);
        FaultSnapshot snapshot = fixture.Run();

        StackTrace trace = StackTrace.Walk(snapshot, fixture.Image);

        Assert.Equal(
            ["capture", "inner", "recurse", "recurse", "recurse", "recurse", "variable", "middle", "outer", "_start"],
            trace.Frames.Select(frame => frame.Symbol));
        Assert.Equal(StackEnd.Outermost, trace.End);
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void Walk_RealStack_NamesTheLinesOfTheCalls(string options)
    {
        NativeFixture fixture = NativeFixture.Get(options);

        StackTrace trace = StackTrace.Walk(fixture.Run(), fixture.Image);

        IEnumerable<ulong> calls = trace.Frames.Select((frame, index) => frame.Address - (index == 0 ? 0UL : 1UL));
        IReadOnlyList<(string Function, string Place)> expected = fixture.Lookup(calls);
        for (int index = 0; index < trace.Frames.Length; index++)
        {
            Assert.Equal(expected[index].Function, trace.Frames[index].Symbol);
            Assert.EndsWith(trace.Frames[index].Line.ToString()!, expected[index].Place, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void Walk_EveryCutOfTheStack_GivesABeginningOfTheWholeTrace(string options)
    {
        NativeFixture fixture = NativeFixture.Get(options);
        FaultSnapshot whole = fixture.Run();
        StackTrace expected = StackTrace.Walk(whole, fixture.Image);

        for (int bytes = 0; bytes < Math.Min(whole.Stack.Length, 1024); bytes += 4)
        {
            StackTrace cut = StackTrace.Walk(
                new FaultSnapshot
                {
                    Registers = whole.Registers,
                    StackAddress = whole.StackAddress,
                    Stack = whole.Stack[..bytes],
                },
                fixture.Image);

            Assert.Equal(expected.Frames.Take(cut.Frames.Length), cut.Frames);
            Assert.True(cut.End == StackEnd.StackNotKept || cut.Frames.Length == expected.Frames.Length);
        }
    }

    [Fact]
    public void Render_RealStack_ShowsFunctionsFilesAndLines()
    {
        NativeFixture fixture = NativeFixture.Get("-gdwarf-5 -O1");

        string report = FaultReport.Render(fixture.Run(), fixture.Image, 4 << 20);

        Assert.Contains("calls.c:23", report, StringComparison.Ordinal);
        Assert.Contains("  middle+0x", report, StringComparison.Ordinal);
    }
}
