// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Linq;
using Denali.Engine;
using Denali.Hardware;
using Denali.Images;
using Denali.Images.Tests;
using Xunit;

namespace Denali.Diagnostics.Tests;

/// <summary>The walk on stacks and frame programs made by hand: each rule, each special place, each way to end.
/// </summary>
public sealed class StackTraceTests
{
    private const ulong Main = SyntheticImage.Main;
    private const ulong Inner = SyntheticImage.Inner;
    private const ulong Rsp = 0x3F_F000;

    [Fact]
    public void Walk_FirstInstruction_ReturnAddressIsOnTop()
    {
        StackTrace trace = Walk(new GuestRegisters { Rip = Inner, Rsp = Rsp }, [Main + 0x10]);

        Assert.Equal(["hello_Hello__Inner", "hello_Hello__Main"], trace.Frames.Select(frame => frame.Symbol));
        Assert.Equal([0UL, 0x10UL], trace.Frames.Select(frame => frame.Offset));
        Assert.Equal(Main + 0x10, trace.Frames[1].Address);
        Assert.Equal("/src/Main.cs:11", trace.Frames[1].Line.ToString());
        Assert.Equal(StackEnd.Outermost, trace.End);
    }

    [Fact]
    public void Walk_AfterPush_SkipsThePushedRegister()
    {
        StackTrace trace = Walk(new GuestRegisters { Rip = Inner + 1, Rsp = Rsp }, [0xBB, Main + 0x10]);

        Assert.Equal(2, trace.Frames.Length);
    }

    [Fact]
    public void Walk_FramePointer_FindsTheReturnAddressAboveIt()
    {
        var registers = new GuestRegisters { Rip = Inner + 8, Rsp = Rsp, Rbp = Rsp + 24 };

        StackTrace trace = Walk(registers, [1, 2, 3, 0xBB, Main + 0x10]);

        Assert.Equal(2, trace.Frames.Length);
        Assert.Equal(StackEnd.Outermost, trace.End);
    }

    [Fact]
    public void Walk_ReturnAddressBehindTheLastInstruction_BelongsToTheCaller()
    {
        StackTrace trace = Walk(
            new GuestRegisters { Rip = Inner, Rsp = Rsp }, [Main + SyntheticImage.FunctionBytes]);

        Assert.Equal("hello_Hello__Main", trace.Frames[1].Symbol);
        Assert.Equal(SyntheticImage.FunctionBytes, trace.Frames[1].Offset);
    }

    [Fact]
    public void Walk_InstructionPage_ReturnAddressIsOnTop()
    {
        var registers = new GuestRegisters { Rip = InstructionPage.FaultEntry + 3, Rsp = Rsp };

        StackTrace trace = Walk(registers, [Inner + 0x10, 0xBB, Main + 0x10], rbp: Rsp + 8);

        Assert.Equal([null, "hello_Hello__Inner", "hello_Hello__Main"], trace.Frames.Select(frame => frame.Symbol));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0x1_0000_0000)]
    [InlineData(0xFFFF_8000_0000_0000)]
    [InlineData(ElfBuilder.DataAddress)]
    public void Walk_CallToNowhere_ReturnAddressIsOnTop(ulong target)
    {
        StackTrace trace = Walk(new GuestRegisters { Rip = target, Rsp = Rsp }, [Main + 0x10]);

        Assert.Equal([null, "hello_Hello__Main"], trace.Frames.Select(frame => frame.Symbol));
    }

    [Fact]
    public void Walk_JumpToNowhere_EndsThere()
    {
        StackTrace trace = Walk(new GuestRegisters { Rip = 0, Rsp = Rsp }, [0x1234]);

        Assert.Single(trace.Frames);
        Assert.Equal(StackEnd.NotCode, trace.End);
    }

    [Fact]
    public void Walk_NoStack_EndsAtTheFault()
    {
        StackTrace trace = Walk(new GuestRegisters { Rip = Inner, Rsp = Rsp }, []);

        Assert.Single(trace.Frames);
        Assert.Equal(StackEnd.StackNotKept, trace.End);
    }

    [Fact]
    public void Walk_CodeWithoutTables_EndsThere()
    {
        StackTrace trace = Walk(new GuestRegisters { Rip = ElfBuilder.CodeAddress, Rsp = Rsp }, [Main + 0x10]);

        Assert.Equal(StackEnd.NoFrameInformation, trace.End);
    }

    [Fact]
    public void Walk_NullReturnAddress_IsTheOutermost()
    {
        StackTrace trace = Walk(new GuestRegisters { Rip = Inner, Rsp = Rsp }, [0]);

        Assert.Single(trace.Frames);
        Assert.Equal(StackEnd.Outermost, trace.End);
    }

    [Fact]
    public void Walk_ReturnAddressInData_EndsThere()
    {
        StackTrace trace = Walk(new GuestRegisters { Rip = Inner, Rsp = Rsp }, [ElfBuilder.DataAddress]);

        Assert.Equal(StackEnd.NotCode, trace.End);
    }

    [Fact]
    public void Walk_FramePointerBelowTheStack_EndsThere()
    {
        var registers = new GuestRegisters { Rip = Inner + 8, Rsp = Rsp, Rbp = Rsp - 64 };

        StackTrace trace = Walk(registers, [1, 2, 3]);

        Assert.Equal(StackEnd.NotAscending, trace.End);
    }

    [Fact]
    public void Walk_FramePointerChainInACircle_Ends()
    {
        // Inner calls itself, and its saved frame pointer points at the same frame again.
        var registers = new GuestRegisters { Rip = Inner + 8, Rsp = Rsp, Rbp = Rsp };

        StackTrace trace = Walk(registers, [Rsp, Inner + 8, 0, 0]);

        Assert.Equal(StackEnd.NotAscending, trace.End);
        Assert.Equal(2, trace.Frames.Length);
    }

    [Fact]
    public void Walk_EndlessRecursion_EndsAtTheLimit()
    {
        ulong[] stack = [.. Enumerable.Repeat(Main + 4, 4000)];
        ElfBuilder builder = SyntheticImage.Builder(mainProgram: new ByteWriter());

        StackTrace trace = Walk(new GuestRegisters { Rip = Main, Rsp = Rsp }, stack, builder);

        Assert.Equal(DiagnosticLimits.FrameCountMax, trace.Frames.Length);
        Assert.Equal(StackEnd.Limit, trace.End);
    }

    [Fact]
    public void Walk_DebugFrameOnly_IsUsed()
    {
        ElfBuilder builder = SyntheticImage.Builder();
        builder.Sections.RemoveAll(section => section.Name == ".eh_frame");
        builder.Sections.Add(new ElfSection(".debug_frame", SyntheticImage.DebugFrames(
            (Main, new ByteWriter().U8(0x07, 16)), (Inner, SyntheticImage.FramePointerProgram))));

        StackTrace trace = Walk(new GuestRegisters { Rip = Inner, Rsp = Rsp }, [Main + 0x10], builder);

        Assert.Equal(2, trace.Frames.Length);
        Assert.Equal(StackEnd.Outermost, trace.End);
    }

    [Fact]
    public void Walk_SignalFrame_LooksUpTheInterruptedInstructionItself()
    {
        // The interrupted function has not executed an instruction: one byte back lies another function, or none.
        var section = new ByteWriter().Sized(SyntheticImage.Common(0x1B, "zRS"));
        section.Sized(new ByteWriter().U32((uint)section.Count + 4).U32((uint)Inner - (uint)section.Count - 8)
            .U32(SyntheticImage.FunctionBytes).U8(0));
        ElfBuilder builder = SyntheticImage.Builder();
        builder.Sections.RemoveAll(s => s.Name == ".eh_frame");
        builder.Sections.Add(new ElfSection(".eh_frame", section.ToArray()));

        StackTrace trace = Walk(new GuestRegisters { Rip = Inner, Rsp = Rsp }, [Main], builder);

        Assert.Equal("hello_Hello__Main", trace.Frames[1].Symbol);
        Assert.Equal(0UL, trace.Frames[1].Offset);
    }

    public static TheoryData<string> RuleNames => new(s_rules.Keys);

    /// <summary>Programs after which, at the function's byte 0x20, the return address is at rsp + 24.</summary>
    private static readonly Dictionary<string, ByteWriter> s_rules = new()
    {
        ["def_cfa_offset"] = new ByteWriter().U8(0x0E, 32),
        ["def_cfa"] = new ByteWriter().U8(0x0C, 7, 32),
        ["def_cfa_sf"] = new ByteWriter().U8(0x12, 7).Sleb(-4),
        ["def_cfa_offset_sf"] = new ByteWriter().U8(0x13).Sleb(-4),
        ["def_cfa_register"] = new ByteWriter().U8(0x0D, 12, 0x0E, 32),
        ["offset_extended"] = new ByteWriter().U8(0x0E, 40).U8(0x05, 16, 2),
        ["offset_extended_sf"] = new ByteWriter().U8(0x11, 16).Sleb(-2),
        ["offset"] = new ByteWriter().U8(0x0E, 40).U8(0x90, 2),
        ["register"] = new ByteWriter().U8(0x09, 16, 13),
        ["val_offset"] = new ByteWriter().U8(0x0E, 32).U8(0x14, 3, 7),
        ["val_offset_sf"] = new ByteWriter().U8(0x0E, 32).U8(0x15, 3).Sleb(7),
        ["same_value"] = new ByteWriter().U8(0x0E, 32).U8(0x83, 9).U8(0x08, 3),
        ["undefined of another"] = new ByteWriter().U8(0x0E, 32).U8(0x07, 3),
        ["expression of another"] = new ByteWriter().U8(0x0E, 32).U8(0x10, 3, 2, 0x77, 0),
        ["val_expression of another"] = new ByteWriter().U8(0x0E, 32).U8(0x16, 3, 2, 0x77, 0),
        ["vector registers"] = new ByteWriter().U8(0x0E, 32).U8(0x80 + 20, 2).U8(0x05, 40, 2),
        ["GNU_args_size"] = new ByteWriter().U8(0x0E, 32).U8(0x2E, 16),
        ["nops"] = new ByteWriter().U8(0, 0, 0x0E, 32, 0, 0),
        ["advance_loc beyond"] = new ByteWriter().U8(0x0E, 32).U8(0x40 + 0x21).U8(0x0E, 8),
        ["advance_loc to it"] = new ByteWriter().U8(0x40 + 0x20).U8(0x0E, 32),
        ["advance_loc1"] = new ByteWriter().U8(0x02, 0x20).U8(0x0E, 32).U8(0x02, 1).U8(0x0E, 8),
        ["advance_loc2"] = new ByteWriter().U8(0x03, 0x20, 0).U8(0x0E, 32).U8(0x03, 1, 0).U8(0x0E, 8),
        ["advance_loc4"] = new ByteWriter().U8(0x04, 0x20, 0, 0, 0).U8(0x0E, 32).U8(0x04, 1, 0, 0, 0).U8(0x0E, 8),
        ["remember and restore"] = new ByteWriter().U8(0x0E, 32).U8(0x0A).U8(0x0E, 8).U8(0x0B),
        ["restore"] = new ByteWriter().U8(0x0E, 32).U8(0x90, 2).U8(0xC0 + 16),
        ["restore_extended"] = new ByteWriter().U8(0x0E, 32).U8(0x90, 2).U8(0x06, 16),
    };

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Walk_FrameInstruction_MeansWhatTheStandardSays(string name)
    {
        var registers = new GuestRegisters
        {
            Rip = Inner + 0x20,
            Rsp = Rsp,
            R12 = Rsp,
            R13 = Main + 0x10,
            Rbp = Rsp,
        };

        StackTrace trace = Walk(
            registers, [1, 2, 3, Main + 0x10, 5, 6], SyntheticImage.Builder(innerProgram: s_rules[name]));

        Assert.Equal(["hello_Hello__Inner", "hello_Hello__Main"], trace.Frames.Select(frame => frame.Symbol));
    }

    public static TheoryData<string> UnusableNames => new(s_unusable.Keys);

    private static readonly Dictionary<string, ByteWriter> s_unusable = new()
    {
        ["def_cfa_expression"] = new ByteWriter().U8(0x0F, 2, 0x77, 8),
        ["expression of the return address"] = new ByteWriter().U8(0x10, 16, 2, 0x77, 8),
        ["same_value of the return address"] = new ByteWriter().U8(0x08, 16),
        ["restore without remember"] = new ByteWriter().U8(0x0B),
        ["remember without end"] = new ByteWriter().U8(Enumerable.Repeat((byte)0x0A, 100).ToArray()),
        ["unknown instruction"] = new ByteWriter().U8(0x3F),
        ["set_loc"] = new ByteWriter().U8(0x01).U64(Inner),
        ["cut operand"] = new ByteWriter().U8(0x0C, 7),
        ["cut number"] = new ByteWriter().U8(0x0E, 0x80),
        ["block beyond the end"] = new ByteWriter().U8(0x10, 3, 0x7F),
        ["cfa of a vector register"] = new ByteWriter().U8(0x0D, 33),
        ["cfa of a huge register"] = new ByteWriter().U8(0x0D).Uleb(ulong.MaxValue),
    };

    [Theory]
    [MemberData(nameof(UnusableNames))]
    public void Walk_UnusableFrameProgram_EndsThere(string name)
    {
        StackTrace trace = Walk(
            new GuestRegisters { Rip = Inner + 0x20, Rsp = Rsp }, [Main + 0x10, Main + 0x10],
            SyntheticImage.Builder(innerProgram: s_unusable[name]));

        Assert.Single(trace.Frames);
        Assert.Equal(StackEnd.FrameInformationUnusable, trace.End);
    }

    private static StackTrace Walk(
        GuestRegisters registers, ulong[] stack, ElfBuilder? builder = null, ulong rbp = 0)
    {
        registers.Rbp = rbp != 0 ? rbp : registers.Rbp;
        DenaliImage image = SyntheticImage.Parse(builder ?? SyntheticImage.Builder());
        return StackTrace.Walk(
            new FaultSnapshot { Registers = registers, StackAddress = Rsp, Stack = SyntheticImage.Stack(stack) },
            image);
    }
}
