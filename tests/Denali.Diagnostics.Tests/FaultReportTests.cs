// SPDX-License-Identifier: MIT
using System;
using System.Text;
using Denali.Engine;
using Denali.Hardware;
using Denali.Images;
using Denali.Images.Tests;
using Xunit;

namespace Denali.Diagnostics.Tests;

/// <summary>One report in full, then a headline for each kind of fault.</summary>
public sealed class FaultReportTests
{
    private const ulong MemoryBytes = 4 << 20;
    private const ulong StackAreaBase = MemoryBytes - (8 * 64 * 1024);
    private const ulong Rsp = MemoryBytes - 0x100;
    private const int PageFault = 14;
    private const int GeneralProtection = 13;
    private const ulong Present = 1;
    private const ulong Write = 2;
    private const ulong User = 4;
    private const ulong Fetch = 16;

    private static readonly DenaliImage s_image = SyntheticImage.Parse(SyntheticImage.Builder());

    [Fact]
    public void Render_NullDereference_TellsTheWholeStory()
    {
        var snapshot = new FaultSnapshot
        {
            Vector = PageFault,
            ErrorCode = Write | User,
            Address = 8,
            Registers = new GuestRegisters
            {
                Rip = SyntheticImage.Inner + 8,
                Rsp = Rsp,
                Rbp = Rsp + 8,
                Rcx = 0x1234,
                R15 = ulong.MaxValue,
                Rflags = 0x10246,
            },
            Code = [0x89, 0x48, 0x08, 0x90, 0x90],
            StackAddress = Rsp,
            Stack = SyntheticImage.Stack(0, 0, SyntheticImage.Main + 0x10),
        };

        string report = FaultReport.Render(snapshot, s_image, MemoryBytes);

        Assert.Equal(
            """
            page fault: write to 0x0000000000000008 (not mapped; null dereference?)
              at   0x00000000000200c8  Hello.Inner+0x8  /src/Inner.cs:21
              name hello_Hello__Inner
              code mov [rax+8], ecx (894808)
            registers
              rax 0000000000000000  rbx 0000000000000000  rcx 0000000000001234  rdx 0000000000000000
              rsi 0000000000000000  rdi 0000000000000000  rbp 00000000003fff08  rsp 00000000003fff00
              r8  0000000000000000  r9  0000000000000000  r10 0000000000000000  r11 0000000000000000
              r12 0000000000000000  r13 0000000000000000  r14 0000000000000000  r15 ffffffffffffffff
              rip 00000000000200c8  flg 0000000000010246  (parity, zero)
            calls
               0  0x00000000000200c8  Hello.Inner+0x8  /src/Inner.cs:21
               1  0x0000000000020050  Hello.Main+0x10  /src/Main.cs:11
            """,
            report);
    }

    [Theory]
    [InlineData(0, User, "page fault: read of 0x0000000000000000 (not mapped; null dereference?)")]
    [InlineData(0, User | Fetch,
        "page fault: execution of 0x0000000000000000 (not mapped; call through a null pointer?)")]
    [InlineData(0xFFFF, User | Write, "page fault: write to 0x000000000000ffff (not mapped; null dereference?)")]
    [InlineData(0x20000, User | Present | Write,
        "page fault: write to 0x0000000000020000 (the image's code, not writable)")]
    [InlineData(0x21008, User | Present | Write,
        "page fault: write to 0x0000000000021008 (the image's constants, not writable)")]
    [InlineData(0x22020, User | Present | Fetch,
        "page fault: execution of non-executable memory at 0x0000000000022020 (the image's data)")]
    [InlineData(0x12000, User | Present | Write,
        "page fault: write to 0x0000000000012000 (the boot arguments, not writable)")]
    [InlineData(0x11000, User | Present | Write,
        "page fault: write to 0x0000000000011000 (the instruction page, not writable)")]
    [InlineData(0x10000, User | Present | Fetch,
        "page fault: execution of non-executable memory at 0x0000000000010000 (the register page)")]
    [InlineData(0x100000, User | Present | Fetch,
        "page fault: execution of non-executable memory at 0x0000000000100000 (the heap)")]
    [InlineData(StackAreaBase + 0x2000, User | Present | Fetch,
        "page fault: execution of non-executable memory at 0x0000000000382000 (the stack area)")]
    [InlineData(MemoryBytes, User | Write, "page fault: write to 0x0000000000400000 (not mapped; beyond the memory)")]
    [InlineData(0x1A000, User, "page fault: read of 0x000000000001a000 (not mapped; between the image's segments)")]
    [InlineData(0x2_0000_0000, User | Present,
        "page fault: read of 0x0000000200000000 (the kernel's own memory, or none)")]
    [InlineData(StackAreaBase, User | Write,
        "stack overflow: write to 0x0000000000380000 (guard page of stack 0 of 8)")]
    [InlineData(MemoryBytes - 0x10000 + 0xFF8, User | Write,
        "stack overflow: write to 0x00000000003f0ff8 (guard page of stack 7 of 8)")]
    [InlineData(0x100000, User | Present | 8, "page fault: read of 0x0000000000100000 (damaged page tables)")]
    public void Headline_PageFault_SaysAccessAndPlace(ulong address, ulong errorCode, string expected) =>
        Assert.Equal(expected, Headline(PageFault, errorCode, address));

    [Theory]
    [InlineData("f4", "privileged instruction: hlt")]
    [InlineData("fa", "privileged instruction: cli")]
    [InlineData("ec", "privileged instruction: in")]
    [InlineData("0f22d8", "privileged instruction: mov")]
    [InlineData("0f30", "privileged instruction: wrmsr")]
    [InlineData("cd80",
        "privileged instruction: int (no operating system is below a guest; it calls the instruction page)")]
    [InlineData("488b03",
        "general protection fault: access to 0xdead000000000000 (not an address; wild pointer?)")]
    [InlineData("0f290424",
        "general protection fault: access to 0x00000000003fff08 (misaligned; is the stack aligned to 16?)")]
    [InlineData("90", "general protection fault (error code 0x10)")]
    [InlineData("", "general protection fault (error code 0x10)")]
    public void Headline_GeneralProtection_TellsTheReason(string code, string expected) =>
        Assert.Equal(expected, Headline(GeneralProtection, 0x10, 0, Convert.FromHexString(code)));

    [Theory]
    [InlineData("0f0b", "undefined opcode: ud2 (code that was not meant to be reached)")]
    [InlineData("0f05",
        "undefined opcode: syscall (no operating system is below a guest; it calls the instruction page)")]
    [InlineData("62f17c4858c0", "undefined opcode: vaddps (this processor, or this VM, does not have it)")]
    [InlineData("06", "undefined opcode")]
    [InlineData("", "undefined opcode")]
    public void Headline_UndefinedOpcode_NamesTheInstruction(string code, string expected) =>
        Assert.Equal(expected, Headline(6, 0, 0, Convert.FromHexString(code)));

    [Theory]
    [InlineData(0, "divide error: division by zero, or a quotient that does not fit")]
    [InlineData(3, "breakpoint: an int3 instruction")]
    [InlineData(12, "stack fault: the stack pointer or a stack access is not an address")]
    [InlineData(19, "floating point exception in a vector instruction")]
    [InlineData(FaultSnapshot.EngineVector,
        "engine failure: the engine cannot run this guest any further (its code 0x11)")]
    [InlineData(200, "exception 200")]
    [InlineData(-3, "exception -3")]
    [InlineData(int.MaxValue, "exception 2147483647")]
    public void Headline_OtherVectors_AreNamed(int vector, string expected) =>
        Assert.Equal(expected, Headline(vector, 0x11, 0));

    [Theory]
    [InlineData(1, "assertion failed: a < b", "guest panic: assertion failed: a < b")]
    [InlineData(1, "", "guest panic, without a message")]
    [InlineData(2, "32 bytes", "guest out of memory: 32 bytes")]
    [InlineData(3, "no NIC", "guest cannot run here: no NIC")]
    [InlineData(77, "x", "guest fault 77: x")]
    [InlineData(1, "two\nlines\x1B[0m", "guest panic: two\\nlines\\x1b[0m")]
    public void Headline_OwnFault_ShowsTheMessageEscaped(ulong code, string message, string expected)
    {
        var snapshot = new FaultSnapshot
        {
            Vector = FaultSnapshot.GuestVector,
            ErrorCode = code,
            Message = Encoding.UTF8.GetBytes(message),
        };

        Assert.Equal(expected, FirstLine(FaultReport.Render(snapshot, s_image, MemoryBytes)));
    }

    [Fact]
    public void Render_OwnFault_NamesTheVirtualInstructionAndItsCaller()
    {
        var snapshot = new FaultSnapshot
        {
            Vector = FaultSnapshot.GuestVector,
            ErrorCode = 1,
            Message = "no"u8.ToArray(),
            Registers = new GuestRegisters { Rip = InstructionPage.FaultEntry + 5, Rsp = Rsp },
            StackAddress = Rsp,
            Stack = SyntheticImage.Stack(SyntheticImage.Main + 0x10),
        };

        string report = FaultReport.Render(snapshot, s_image, MemoryBytes);

        Assert.Contains("at   0x0000000000011285  instruction page, Fault\n", report, StringComparison.Ordinal);
        Assert.Contains("1  0x0000000000020050  Hello.Main+0x10  /src/Main.cs:11", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_CallThroughNull_ShowsTheCaller()
    {
        var snapshot = new FaultSnapshot
        {
            Vector = PageFault,
            ErrorCode = User | Fetch,
            Registers = new GuestRegisters { Rsp = Rsp },
            StackAddress = Rsp,
            Stack = SyntheticImage.Stack(SyntheticImage.Main + 0x10),
        };

        string report = FaultReport.Render(snapshot, s_image, MemoryBytes);

        Assert.Contains("at   0x0000000000000000  (unknown)\n  code (its bytes cannot be read)", report,
            StringComparison.Ordinal);
        Assert.Contains("1  0x0000000000020050  Hello.Main+0x10", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_ImpossibleMemorySize_StillReports() =>
        Assert.StartsWith(
            "divide error", FaultReport.Render(new FaultSnapshot(), s_image, 12345), StringComparison.Ordinal);

    [Fact]
    public void Render_StrippedImage_ShowsAddresses()
    {
        DenaliImage image = SyntheticImage.Parse(new ElfBuilder { HasSections = false }.Build());
        var snapshot = new FaultSnapshot { Registers = new GuestRegisters { Rip = ElfBuilder.CodeAddress } };

        string report = FaultReport.Render(snapshot, image, MemoryBytes);

        Assert.Contains("  at   0x0000000000020000  (unknown)\n", report, StringComparison.Ordinal);
        Assert.EndsWith("(no frame information for this code)", report, StringComparison.Ordinal);
    }

    private static string Headline(int vector, ulong errorCode, ulong address, byte[]? code = null)
    {
        var snapshot = new FaultSnapshot
        {
            Vector = vector,
            ErrorCode = errorCode,
            Address = address,
            Code = code ?? [],
            Registers = new GuestRegisters
            {
                Rip = SyntheticImage.Inner,
                Rsp = Rsp + 8,
                Rbx = 0xDEAD_0000_0000_0000,
            },
        };
        return FirstLine(FaultReport.Render(snapshot, s_image, MemoryBytes));
    }

    private static string FirstLine(string report) => report[..report.IndexOf('\n', StringComparison.Ordinal)];
}
