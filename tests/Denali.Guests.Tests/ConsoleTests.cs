// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Linq;
using System.Text;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>Every byte arrives, once, in order, whoever is slow.</summary>
public sealed class ConsoleTests
{
    [Theory]
    [InlineData(100_000, int.MaxValue)]
    [InlineData(10_000, 1500)]
    [InlineData(1_000, 7)]
    public void Output_MoreThanTheRing_ArrivesCompleteAndInOrder(int lines, int appetite)
    {
        using var host = new GuestHost();

        GuestMachine machine = host.Start(
            host.Load("probe"), 0, appetite, "flood", lines.ToString(CultureInfo.InvariantCulture));

        machine.AssertTerminated(0);
        string expected = string.Concat(
            Enumerable.Range(0, lines).Select(line => $"line {line} of console output\n"));
        Assert.Equal(expected.Length, machine.Output.Length);
        Assert.True(expected == machine.Text, "the output differs from what the guest wrote");
        Assert.True(appetite == int.MaxValue || machine.Refusals > 0, "the observer never refused anything");
    }

    [Fact]
    public void Output_ObserverTakesNothingAtAll_StaysForTheEnd()
    {
        using var host = new GuestHost();

        GuestMachine machine = host.Start(host.Load("hello"), 0, 0);

        machine.AssertTerminated(0);
        Assert.Equal("Hello from a guest\n", machine.Text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(20_000)]
    public void Input_AnyLength_IsEchoedCompletely(int length)
    {
        using var host = new GuestHost();
        string input = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 23))));
        GuestMachine machine = host.Start("probe", "echo", $"{length}");
        machine.WaitForOutput("ready\n");

        host.Kernel.SendConsoleInput(machine.Id, Encoding.ASCII.GetBytes(input));

        machine.AssertTerminated(0);
        Assert.Equal("ready\n" + input, machine.Text);
    }

    [Fact]
    public void Input_ManyPiecesBeforeTheGuestRuns_KeepTheirOrder()
    {
        const int Pieces = 300;
        using var host = new GuestHost();
        string[] pieces = [.. Enumerable.Range(0, Pieces).Select(i => $"piece {i};")];
        GuestMachine machine = host.Start("probe", "echo", $"{pieces.Sum(piece => piece.Length)}");

        foreach (string piece in pieces)
        {
            host.Kernel.SendConsoleInput(machine.Id, Encoding.ASCII.GetBytes(piece));
        }

        machine.AssertTerminated(0);
        Assert.Equal("ready\n" + string.Concat(pieces), machine.Text);
    }

    [Fact]
    public void Input_ToAMachineThatEnded_IsDropped()
    {
        using var host = new GuestHost();
        GuestMachine machine = host.Run("hello");

        host.Kernel.SendConsoleInput(machine.Id, new byte[10]);
        host.Kernel.ResumeConsole(machine.Id);

        host.AssertStillWorks();
    }
}
