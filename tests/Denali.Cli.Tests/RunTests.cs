// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace Denali.Cli.Tests;

/// <summary>What a user sees of a run: output, status, signals, closed pipes.</summary>
public sealed partial class RunTests
{
    private const string Hello = "Hello from a guest\n";

    public RunTests()
    {
        Denali.NeedsKvm();
    }

    [Fact]
    public void Hello_Run_PrintsAndEndsWithZero() => Denali.Run("run", "hello").AssertPrinted(Hello);

    [Theory]
    [InlineData("--memory", "4M")]
    [InlineData("-m", "64MiB")]
    [InlineData("--memory", "4G")]
    [InlineData("--limit", "16M")]
    [InlineData("--timeout", "30")]
    public void Hello_WithOptions_PrintsTheSame(string option, string value) =>
        Denali.Run("run", "hello", option, value).AssertPrinted(Hello);

    [Fact]
    public void Count_Three_PrefixesEveryLine()
    {
        Denali.Result result = Denali.Run("run", "hello", "--count", "3");

        Assert.Equal("", result.Errors);
        Assert.Equal(0, result.ExitCode);
        string[] lines = result.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Distinct().Count());
        Assert.All(lines, line => Assert.Matches(PrefixedHello(), line));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("7", 7)]
    [InlineData("255", 255)]
    [InlineData("256", 0)]
    [InlineData("300", 44)]
    public void Status_OfTheGuest_IsPassedOn(string code, int status) =>
        Denali.Run("run", "probe", "--", "exit", code).AssertPrinted("", status);

    [Fact]
    public void Arguments_AfterTheDashes_ReachTheGuest() =>
        Denali.Run("run", "probe", "--", "arguments", "--memory", "two words", "")
            .AssertPrinted("<probe>\n<arguments>\n<--memory>\n<two words>\n<>\n", 5);

    [Fact]
    public void Timeout_SpinningGuest_IsKilledWithItsOwnStatus()
    {
        Denali.Result result = Denali.Run("run", "spin", "--timeout", "0.5");

        Assert.Equal(ExitStatus.TimedOut, result.ExitCode);
        Assert.Equal("spinning\n", result.Output);
        Assert.Equal("denali: killed: the time limit has passed\n", result.Errors);
    }

    [Fact]
    public void Timeout_SeveralGuests_KillsThemAll()
    {
        Denali.Result result = Denali.Run("run", "spin", "-n", "4", "--timeout", "1");

        Assert.Equal(ExitStatus.TimedOut, result.ExitCode);
        Assert.Equal(4, Regex.Count(result.Errors, @"denali: \[\d+\] killed: the time limit has passed\n"));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void Signal_GuestThatIgnoresIt_TheSecondKills(string signal)
    {
        using Denali command = Denali.Start(["run", "spin"]);
        command.WaitForOutput("spinning\n");
        command.Signal(signal);
        command.WaitForOutput("asked\n");
        command.Signal(signal);

        Denali.Result result = command.WaitForEnd();
        Assert.Equal(ExitStatus.Killed, result.ExitCode);
        Assert.Equal("denali: killed\n", result.Errors);
    }

    [Fact]
    public void Signal_GuestThatListens_EndsByItself()
    {
        using Denali command = Denali.Start(["run", "probe", "--", "wait"]);
        command.WaitForOutput("waiting\n");
        command.Signal("INT");

        command.WaitForEnd().AssertPrinted("waiting\n", 130);
    }

    [Fact]
    public void Fault_OfTheGuest_IsReportedWithItsStatus()
    {
        Denali.Result result = Denali.Run("run", "faults", "--", "privileged", "0");

        Assert.Equal(ExitStatus.Faulted, result.ExitCode);
        Assert.Equal("before\n", result.Output);
        Assert.StartsWith("denali: privileged instruction: cli\n", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("at Denali.", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void OutOfMemory_BeyondTheLimit_SaysWhatToRaise()
    {
        Denali.Result result = Denali.Run("run", "probe", "--limit", "1M", "--", "touch", "8388608");

        Assert.Equal(ExitStatus.OutOfMemory, result.ExitCode);
        Assert.StartsWith("denali: out of memory: ", result.Errors, StringComparison.Ordinal);
        Assert.EndsWith("raise --memory or --limit\n", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Stats_Asked_AreOneLineOfErrors()
    {
        Denali.Result result = Denali.Run("run", "hello", "--stats");

        Assert.Equal(Hello, result.Output);
        Assert.Matches(StatisticsLine(), result.Errors);
    }

    [Fact]
    public void Output_Much_ArrivesWholeAndInOrder()
    {
        const int Lines = 20_000;
        Denali.Result result = Denali.Run(
            "run", "probe", "--", "flood", Lines.ToString(CultureInfo.InvariantCulture));

        Assert.Equal("", result.Errors);
        Assert.Equal(
            string.Concat(Enumerable.Range(0, Lines).Select(line => $"line {line} of console output\n")),
            result.Output);
    }

    [Fact]
    public void Output_ReaderGoesAway_EndsQuietly()
    {
        Denali.Result result = Denali.RunShell("(\"$denali\" run probe -- flood 50000; echo $? >&2) | head -1");

        Assert.Equal("line 0 of console output\n", result.Output);
        Assert.Equal("0\n", result.Errors);
    }

    [Theory]
    [InlineData("\"$denali\" run hello >&-", "")]
    [InlineData("\"$denali\" run hello > /dev/full", "")]
    [InlineData("\"$denali\" run hello <&-", Hello)]
    [InlineData("\"$denali\" run hello 2>&-", Hello)]
    [InlineData("\"$denali\" run hello --stats 2> /dev/full", Hello)]
    [InlineData("\"$denali\" nope 2> /dev/full; test $? = 2", "")]
    [InlineData("\"$denali\" nope 2>&-; test $? = 2", "")]
    [InlineData("\"$denali\" doctor > /dev/full 2> /dev/null; test $? = 2", "")]
    public void Streams_ClosedOrFull_DoNotHurt(string line, string output)
    {
        Denali.Result result = Denali.RunShell(line);

        Assert.Equal((0, output, ""), (result.ExitCode, result.Output, result.Errors));
    }

    [Fact]
    public void Input_OfTheUser_ReachesTheGuest()
    {
        string text = string.Concat(Enumerable.Range(0, 1_000).Select(i => $"{i},"));
        using Denali command = Denali.Start(
            ["run", "probe", "--", "echo", text.Length.ToString(CultureInfo.InvariantCulture)]);
        command.Input.Write(text);
        command.Input.Flush();

        command.WaitForEnd().AssertPrinted("ready\n" + text);
    }

    [Fact]
    public void Input_WithoutEnd_DoesNotKeepAGuestFromEnding()
    {
        // The input that is still coming meets a kernel that is being disposed.
        Denali.Result result = Denali.RunShell(
            "for i in 1 2 3 4 5 6 7 8 9 10; do \"$denali\" run hello < /dev/zero || exit; done");

        result.AssertPrinted(string.Concat(Enumerable.Repeat(Hello, 10)));
    }

    [Fact]
    public void Input_ThatNobodyReads_StaysWithItsWriter()
    {
        // Whatever the command takes beyond the guest's ring it must keep in memory.
        const int Most = 1 << 20;
        using Denali command = Denali.Start(["run", "spin", "--timeout", "1"]);
        int written = 0;
        try
        {
            byte[] piece = new byte[16 * 1024];
            for (; written < 64 * Most; written += piece.Length)
            {
                command.Input.BaseStream.Write(piece);
            }
        }
        catch (IOException)
        {
            // The command ended, and with it the pipe.
        }

        Assert.Equal(ExitStatus.TimedOut, command.WaitForEnd().ExitCode);
        Assert.InRange(written, 1, Most);
    }

    [GeneratedRegex(@"^\[\d+\] Hello from a guest$")]
    private static partial Regex PrefixedHello();

    [GeneratedRegex(
        @"\Adenali: 1 VMs in [\d.]+ ms; per VM: [\d.]+ ms of processor, [\d.]+ exits, [\d.]+ \w+ charged\n\z")]
    private static partial Regex StatisticsLine();
}
