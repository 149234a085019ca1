// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>What every guest relies on: it starts, knows its arguments and registers, speaks and ends.</summary>
public sealed class BasicTests
{
    [Fact]
    public void Hello_Run_SaysHelloAndEnds()
    {
        using var host = new GuestHost();

        GuestMachine machine = host.Run("hello");

        machine.AssertTerminated(0);
        Assert.Equal("Hello from a guest\n", machine.Text);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(7u)]
    [InlineData(256u)]
    [InlineData(uint.MaxValue)]
    public void Terminate_AnyCode_PassesIt(uint code)
    {
        using var host = new GuestHost();

        host.Run("probe", "exit", $"{code}").AssertTerminated(code);
    }

    [Fact]
    public void Arguments_EmptyAndUnicodeAndMany_ArriveAsGiven()
    {
        string[] arguments = ["arguments", "", "plain", "\u00e9\u6f22\ud83d\ude80", " spaces ", "", "-x=1\n"];
        using var host = new GuestHost();

        GuestMachine machine = host.Run("probe", arguments);

        machine.AssertTerminated((uint)arguments.Length + 1);
        Assert.Equal("<guest>\n" + string.Concat(arguments.Select(a => $"<{a}>\n")), machine.Text);
    }

    [Fact]
    public void Arguments_LongestBlock_ArrivesAndOneByteMoreIsRefused()
    {
        const int Room = 4096;
        int used = Encoding.UTF8.GetByteCount("guest\0arguments\0\0");
        string longest = new('x', Room - used);
        using var host = new GuestHost();

        GuestMachine machine = host.Run("probe", "arguments", longest);

        machine.AssertTerminated(3);
        Assert.Contains($"<{longest}>", machine.Text, System.StringComparison.Ordinal);
        KernelException refusal = Assert.Throws<KernelException>(() => host.Start("probe", "arguments", longest + "x"));
        Assert.Contains("4097 bytes", refusal.Message, System.StringComparison.Ordinal);
        Assert.Throws<KernelException>(() => host.Start("probe", "a\0b"));
        Assert.Equal(0, host.Kernel.MachineCount);
    }

    [Fact]
    public void Registers_ManyMachines_DifferInNumberAndRandomness()
    {
        const int Count = 40;
        using var host = new GuestHost();
        var seen = new HashSet<ulong>();
        var numbers = new HashSet<ulong>();

        for (int i = 0; i < Count; i++)
        {
            GuestMachine machine = host.Run("probe", "registers");
            machine.AssertTerminated(0);
            IReadOnlyDictionary<string, ulong> values = machine.Values();
            Assert.Equal(machine.Id, values["machine"]);
            Assert.Equal(1u, values["version"]);
            Assert.NotEqual(0u, values["generation"]);
            Assert.Equal(host.Load("probe").Layout.MemoryBytes, values["memory"]);
            Assert.True(numbers.Add(machine.Id), "a number was used twice");
            Assert.True(Enumerable.Range(0, 4).All(seed => seen.Add(values[$"seed{seed}"])), "a seed came twice");
        }
    }

    [Fact]
    public void Memory_LargerThanTheImageAsksFor_IsThere()
    {
        const ulong Memory = 256 << 20;
        using var host = new GuestHost();

        GuestMachine machine = host.Start(host.Load("probe", Memory), "registers");

        machine.AssertTerminated(0);
        Assert.Equal(Memory, machine.Values()["memory"]);
    }

    [Fact]
    public void Kill_SpinningIdleAndEndedMachine_EndsEachOnce()
    {
        using var host = new GuestHost();
        GuestMachine spinning = host.Start(host.Load(Snippets.Spin));
        GuestMachine idle = host.Start("probe", "wait");
        idle.WaitForOutput("waiting");

        MachineExit exit = spinning.Kill();
        Assert.Equal(ExitCause.Killed, exit.Cause);
        Assert.Equal(ExitCause.Killed, idle.Kill().Cause);
        host.Kernel.Kill(idle.Id);
        host.Kernel.RequestTermination(idle.Id);
        host.Kernel.Kill(ulong.MaxValue);

        host.AssertStillWorks();
        Assert.Equal(0, host.Kernel.MachineCount);
    }

    [Fact]
    public void RequestTermination_WaitingGuest_EndsWith130()
    {
        using var host = new GuestHost();
        GuestMachine machine = host.Start("probe", "wait");
        machine.WaitForOutput("waiting");

        host.Kernel.RequestTermination(machine.Id);

        machine.AssertTerminated(130);
    }

    [Fact]
    public void RequestTermination_SpinningGuestOfTheLibrary_EndsWith130()
    {
        using var host = new GuestHost();
        GuestMachine machine = host.Start("probe", "nap", "1");
        host.AssertStillWorks();

        host.Kernel.RequestTermination(machine.Id);

        machine.AssertTerminated(130);
    }

    [Fact]
    public void RequestTermination_SpinningGuestWithoutUpcalls_IsIgnored()
    {
        using var host = new GuestHost();
        GuestMachine machine = host.Start(host.Load(Snippets.Spin));

        host.Kernel.RequestTermination(machine.Id);
        host.AssertStillWorks();

        Assert.False(machine.HasEnded);
        Assert.Equal(ExitCause.Killed, machine.Kill().Cause);
    }

    [Fact]
    public void Dispose_MachinesOfEveryState_KillsThemAndReturns()
    {
        using var host = new GuestHost();
        GuestMachine spinning = host.Start(host.Load(Snippets.Spin));
        GuestMachine idle = host.Start("probe", "wait");
        idle.WaitForOutput("waiting");
        GuestMachine created = host.Start("probe", "wait");

        host.Kernel.Dispose();

        Assert.All([spinning, idle, created], machine => Assert.Equal(ExitCause.Killed, machine.WaitForEnd().Cause));
    }
}
