// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Denali.Kernel;
using Denali.Kernel.Network;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>Runs the guests that test themselves: each must tell of its tests, and all of them must pass.</summary>
public sealed class SuiteTests(ITestOutputHelper output)
{
    /// <summary>Every guest that reports in frames and needs no device.</summary>
    public static TheoryData<string> Suites => SuitesWhere(device: "");

    /// <summary>Every guest that reports in frames and needs the network.</summary>
    public static TheoryData<string> NetworkSuites => SuitesWhere(device: "Nic");

    [Theory]
    [MemberData(nameof(NetworkSuites))]
    public void Suite_RunOnNetwork_PassesAllItsTests(string name)
    {
        using var host = new GuestHost();

        AssertPassed(host.StartOnNetwork(new NetworkOptions(), name));
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void Suite_Run_PassesAllItsTests(string name)
    {
        using var host = new GuestHost();

        GuestMachine machine = host.Run(name);

        AssertPassed(machine);
    }

    [Theory]
    [MemberData(nameof(Suites))]
    [Trait("Speed", "Slow")]
    public void Suite_FourAtOnceBesideSpinningMachines_PassAllTheirTests(string name)
    {
        const int Count = 4;
        const int Spinners = 3;
        using var host = new GuestHost();
        LoadedImage spin = host.Load(Snippets.Spin);
        GuestMachine[] spinning = [.. Enumerable.Range(0, Spinners).Select(_ => host.Start(spin))];

        GuestMachine[] machines = [.. Enumerable.Range(0, Count).Select(_ => host.Start(name))];

        Assert.All(machines, AssertPassed);
        Assert.All(spinning, machine => Assert.False(machine.HasEnded));
    }

    [Fact]
    public void Features_Run_PassesAllItsChecks()
    {
        using var host = new GuestHost();

        GuestMachine machine = host.Run("features");

        machine.AssertTerminated(0);
        Assert.Matches(@"\d+ passed, 0 failed\s*$", machine.Text);
    }

    private static TheoryData<string> SuitesWhere(string device)
    {
        string folder = Path.Combine(TestSettings.Root, "tests", "Guests");
        return
        [
            .. Directory.GetDirectories(folder).Where(guest => IsSuite(guest) && DeviceOf(guest) == device)
                .Select(guest => Path.GetFileName(guest).ToLowerInvariant()).Order(StringComparer.Ordinal),
        ];
    }

    private static bool IsSuite(string guest) =>
        Directory.GetFiles(guest, "*.csproj").Length == 1
        && Directory.GetFiles(guest, "*.cs")
            .Any(path => File.ReadAllText(path).Contains("TestReport.", StringComparison.Ordinal));

    private static string DeviceOf(string guest)
    {
        string project = File.ReadAllText(Directory.GetFiles(guest, "*.csproj")[0]);
        return Regex.Match(project, "<DenaliDevices>(.*)</DenaliDevices>").Groups[1].Value;
    }

    private void AssertPassed(GuestMachine machine)
    {
        output.WriteLine(machine.Text);
        _ = machine.AssertTerminated(0);
        FrameReport report = FrameParser.Parse(machine.Text);
        Assert.True(
            report.Failed.Count == 0,
            $"{report.Suite}: " + string.Join("; ", report.Failed.Select(test => $"{test.Name}: {test.Message}")));
        Assert.NotEmpty(report.Passed);
    }
}
