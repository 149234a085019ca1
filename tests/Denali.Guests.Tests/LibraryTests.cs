// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Denali.Engine;
using Denali.Kernel.Machines;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>
/// What the library OS promises and a guest cannot test on itself: how it ends, and what its user sees.
/// </summary>
public sealed class LibraryTests
{
    private const int PageFault = 14;

    [Theory]
    [InlineData("lock-twice", "locked a mutex that it has already")]
    [InlineData("unlock", "unlocked a mutex that it does not have")]
    [InlineData("block-inside", "Blocked inside a critical section")]
    [InlineData("block-in-callback", "Blocked inside a critical section")]
    [InlineData("stacks", "All thread stacks are in use")]
    public void Misuse_AnyKind_PanicsWithItsName(string way, string message)
    {
        using var host = new GuestHost();

        FaultSnapshot fault = host.Run("ends", way).AssertFaulted(FaultSnapshot.GuestVector);

        Assert.Contains(message, Encoding.UTF8.GetString(fault.Message), StringComparison.Ordinal);
    }

    [Fact]
    public void Overflow_OfAThreadsStack_FaultsAtItsGuard()
    {
        const ulong PageBytes = 4096;
        using var host = new GuestHost();

        FaultSnapshot fault = host.Run("ends", "overflow").AssertFaulted(PageFault);

        var layout = host.Load("ends").Layout;
        ulong intoStack = (fault.Address - layout.StackAreaBase) % layout.StackBytes;
        Assert.InRange(fault.Address, layout.StackAreaBase, layout.MemoryBytes - layout.StackBytes - 1);
        Assert.InRange(intoStack, 0ul, PageBytes - 1);
    }

    [Fact]
    public void Memory_UsedUp_IsReportedAsSuch()
    {
        using var host = new GuestHost();

        MachineExit exit = host.Run("outofmemory").WaitForEnd();

        Assert.Equal(ExitCause.OutOfMemory, exit.Cause);
        Assert.Contains("Out of memory", Encoding.UTF8.GetString(exit.Fault!.Message), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("main-returns", 7u)]
    [InlineData("main-exits", 8u)]
    public void Main_OtherThreadsGoOn_DecidesTheEnd(string way, uint code)
    {
        using var host = new GuestHost();

        host.Run("ends", way).AssertTerminated(code);
    }

    [Theory]
    [InlineData("spin", 130u)]
    [InlineData("idle", 130u)]
    [InlineData("handle", 9u)]
    [InlineData("wait", 10u)]
    public void Termination_Requested_EndsWithItsCode(string way, uint code)
    {
        using var host = new GuestHost();
        GuestMachine machine = host.Start("ends", way);
        machine.WaitForOutput("started\n");

        host.Kernel.RequestTermination(machine.Id);

        machine.AssertTerminated(code);
    }

    [Theory]
    [InlineData("lines")]
    [InlineData("spin-and-read")]
    public void Lines_InAnyPieces_ArriveWholeAndCut(string way)
    {
        using var host = new GuestHost();
        GuestMachine machine = host.Start("ends", way);
        machine.WaitForOutput("started\n");

        foreach (string piece in (string[])["on", "e\ntwo\r\nthr", "ee", "\n", "a line that is too long\n", "x\n\n"])
        {
            host.Kernel.SendConsoleInput(machine.Id, Encoding.UTF8.GetBytes(piece));
        }

        machine.AssertTerminated(0);
        Assert.Equal("started\n<one>\n<two>\n<three>\n<a line that is t>\n<x>\n", machine.Text);
    }

    [Fact]
    public void Lines_MoreThanTheRing_AllArrive()
    {
        const int Count = 2000;
        using var host = new GuestHost();
        GuestMachine machine = host.Start("ends", "lines");

        string input = string.Concat(Enumerable.Range(0, Count).Select(i => $"line {i}\n"));
        host.Kernel.SendConsoleInput(machine.Id, Encoding.UTF8.GetBytes(input + "\n"));

        machine.AssertTerminated(0);
        string expected = string.Concat(Enumerable.Range(0, Count).Select(i => $"<line {i}>\n"));
        Assert.Equal("started\n" + expected, machine.Text);
    }

    [Fact]
    public void Random_ManyMachines_NeverTheSameNumber()
    {
        const int Count = 10;
        using var host = new GuestHost();
        var seen = new HashSet<ulong>();

        for (int i = 0; i < Count; i++)
        {
            IReadOnlyDictionary<string, ulong> values = host.Run("random").Values();
            Assert.All(Enumerable.Range(0, 4), number => Assert.True(seen.Add(values[$"random{number}"])));
        }
    }
}
