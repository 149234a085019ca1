// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Denali.Diagnostics;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>A guest that does what it may not is stopped on the spot, and nobody else notices.</summary>
public sealed class FaultTests
{
    private const int DivideError = 0;
    private const int UndefinedOpcode = 6;
    private const int Protection = 13;
    private const int PageFault = 14;
    private const ulong FetchError = 16;
    private const ulong WriteError = 2;

    [Theory]
    [InlineData("null-read", 0x0, 0x1000)]
    [InlineData("null-write", 0x0, 0x1000)]
    [InlineData("text", AddressMap.ImageBase, AddressMap.ImageBase)]
    [InlineData("constants", AddressMap.ImageBase, 0x100000)]
    [InlineData("instructions", AddressMap.InstructionPageBase, AddressMap.InstructionPageBase)]
    [InlineData("arguments", AddressMap.ArgumentsBase, AddressMap.ArgumentsBase)]
    [InlineData("monitor", AddressMap.MonitorBase, AddressMap.MonitorBase)]
    [InlineData("outside", 16UL << 20, 16UL << 20)]
    public void Access_ForbiddenMemory_Faults(string what, ulong lowest, ulong highest)
    {
        using var host = new GuestHost();

        GuestMachine machine = host.Run("faults", what);

        FaultSnapshot fault = machine.AssertFaulted(PageFault);
        Assert.InRange(fault.Address, lowest, highest);
        bool isWrite = what is "null-write" or "text" or "constants" or "instructions" or "arguments";
        Assert.Equal(isWrite ? WriteError : 0, fault.ErrorCode & WriteError);
        Assert.Equal("before\n", machine.Text);
        host.AssertStillWorks();
    }

    [Theory]
    [InlineData("execute-data")]
    [InlineData("execute-stack")]
    [InlineData("execute-heap")]
    [InlineData("execute-registers")]
    public void Execute_WritableMemory_Faults(string what)
    {
        using var host = new GuestHost();

        FaultSnapshot fault = host.Run("faults", what).AssertFaulted(PageFault);

        Assert.Equal(fault.Registers.Rip, fault.Address);
        Assert.Equal(FetchError, fault.ErrorCode & FetchError);
        host.AssertStillWorks();
    }

    [Theory]
    [InlineData(0, "cli", Protection)]
    [InlineData(1, "sti", Protection)]
    [InlineData(2, "hlt", Protection)]
    [InlineData(3, "rdmsr", Protection)]
    [InlineData(4, "wrmsr", Protection)]
    [InlineData(5, "mov from cr0", Protection)]
    [InlineData(6, "mov from cr3", Protection)]
    [InlineData(7, "mov to cr3", Protection)]
    [InlineData(8, "mov from dr7", Protection)]
    [InlineData(9, "lgdt", Protection)]
    [InlineData(10, "lidt", Protection)]
    [InlineData(11, "ltr", Protection)]
    [InlineData(12, "invlpg", Protection)]
    [InlineData(13, "wbinvd", Protection)]
    [InlineData(14, "clts", Protection)]
    [InlineData(15, "swapgs", Protection)]
    [InlineData(16, "out to another port", Protection)]
    [InlineData(17, "in from another port", Protection)]
    [InlineData(18, "out behind the instructions", Protection)]
    [InlineData(19, "in from an instruction", Protection)]
    [InlineData(20, "wide out to an instruction", Protection)]
    [InlineData(21, "int 0x80", Protection, UndefinedOpcode)]
    [InlineData(22, "int 14", Protection, UndefinedOpcode)]
    [InlineData(23, "sysretq", Protection)]
    [InlineData(24, "xsetbv", Protection)]
    [InlineData(25, "syscall", UndefinedOpcode)]
    [InlineData(26, "ud2", UndefinedOpcode)]
    public void Execute_PrivilegedInstruction_Faults(int number, string name, int vector, int otherVector = -1)
    {
        using var host = new GuestHost();

        GuestMachine machine = host.Run("faults", "privileged", $"{number}");

        // A software-assisted KVM reports a software interrupt as an undefined opcode.
        FaultSnapshot fault = machine.WaitForEnd().Fault!;
        _ = machine.AssertFaulted(fault.Vector == otherVector ? otherVector : vector);
        Assert.True(fault.Code.Length > 0, $"no code was kept of {name}");
        host.AssertStillWorks();
    }

    [Fact]
    public void Divide_ByZero_Faults()
    {
        using var host = new GuestHost();

        host.Run("faults", "divide", "1").AssertFaulted(DivideError);

        host.AssertStillWorks();
    }

    [Theory]
    [InlineData("array", "4", "=> array[index] = 1;")]
    [InlineData("array", "4294967295", "=> array[index] = 1;")]
    [InlineData("span", "8", "=> span[index];")]
    [InlineData("throw", "0", "throw new InvalidOperationException")]
    [InlineData("panic", "0", "Panic.Because(")]
    public void Panic_BrokenRuleOfTheLanguage_IsReportedWithFileAndLine(string what, string number, string source)
    {
        using var host = new GuestHost();

        FaultSnapshot fault = host.Run("faults", what, number).AssertFaulted(FaultSnapshot.GuestVector);

        Assert.Equal((ulong)FaultCode.Panic, fault.ErrorCode);
        LoadedImage image = host.Load("faults");
        string report = FaultReport.Render(fault, image.Image, image.Layout.MemoryBytes);
        string place = $"Faults.cs:{LineOf(source)}";
        Assert.True(report.Contains(place, StringComparison.Ordinal), $"{place} is not in: {report}");
        host.AssertStillWorks();
    }

    [Fact]
    public void Recursion_NearlyTheWholeStack_Works()
    {
        using var host = new GuestHost();

        MachineExit exit = host.Run("faults", "deep").AssertTerminated(0);

        Assert.True(exit.ChargedBytes > 48 * 1024, $"only {exit.ChargedBytes} bytes were used");
    }

    [Fact]
    public void Recursion_WithoutEnd_StopsAtTheGuardPage()
    {
        using var host = new GuestHost();
        GuestMachine neighbour = host.Start("probe", "wait");
        neighbour.WaitForOutput("waiting");

        FaultSnapshot fault = host.Run("faults", "overflow").AssertFaulted(PageFault);

        ulong stack = host.Load("faults").Image.Note.StackBytes;
        ulong guard = host.Load("faults").Layout.MemoryBytes - stack;
        Assert.InRange(fault.Address, guard, guard + AddressMap.PageBytes - 1);
        Assert.InRange(fault.Registers.Rsp, guard, guard + (2 * AddressMap.PageBytes));
        host.Kernel.RequestTermination(neighbour.Id);
        neighbour.AssertTerminated(130);
    }

    // The guest's source is the only place where the number of the line is known.
    private static int LineOf(string source)
    {
        string path = Path.Combine(TestSettings.Root, "tests", "Guests", "Faults", "Faults.cs");
        int line = Array.FindIndex(File.ReadAllLines(path), text => text.Contains(source, StringComparison.Ordinal));
        Assert.True(line >= 0, $"Faults.cs has no line with {source}");
        return line + 1;
    }
}
