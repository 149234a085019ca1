// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Denali.Guests.Tests;
using Denali.Interop.Tests.Ends;
using Denali.Interop.Tests.Wire;
using Denali.Kernel.Tests.Fakes;
using Denali.Kvm;
using Xunit;

namespace Denali.Interop.Tests;

/// <summary>Whole VMs and Linux: a guest's stack, the switch, the TAP interface, and a bad wire behind it.</summary>
public sealed class MachineTests
{
    private const int EchoPort = 7;

    [Theory]
    [InlineData("none", true, 1_000_000)]
    [InlineData("everything", false, 500_000)]
    public void Echo_OfAMachine_BringsEveryByteBack(string plan, bool isIpv4, int bytes) =>
        Echo(plan, isIpv4, bytes, connections: 1);

    [Theory]
    [InlineData("loss", true, 500_000, 2)]
    [InlineData("loss", false, 500_000, 2)]
    [InlineData("bursts", true, 500_000, 2)]
    [InlineData("reordering", false, 500_000, 2)]
    [InlineData("duplication", true, 500_000, 2)]
    [InlineData("corruption", false, 500_000, 2)]
    [InlineData("none", true, 100, 1000)]
    [Trait("Speed", "Slow")]
    public void Echo_OfAMachineOnEveryWire_BringsEveryByteBack(
        string plan, bool isIpv4, int bytes, int connections) => Echo(plan, isIpv4, bytes, connections);

    [Theory]
    [InlineData("none", true, 20, 200_000)]
    [InlineData("everything", false, 3, 200_000)]
    public void Dial_OfAMachine_BringsEveryByteBack(string plan, bool isIpv4, int connections, int bytes) =>
        Dial(plan, isIpv4, connections, bytes);

    [Theory]
    [InlineData("loss", true, 2, 500_000)]
    [InlineData("bursts", false, 2, 500_000)]
    [InlineData("everything", true, 3, 500_000)]
    [InlineData("none", false, 1000, 100)]
    [Trait("Speed", "Slow")]
    public void Dial_OfAMachineOnEveryWire_BringsEveryByteBack(
        string plan, bool isIpv4, int connections, int bytes) => Dial(plan, isIpv4, connections, bytes);

    private static void Echo(string plan, bool isIpv4, int bytes, int connections) => Run(plan, end =>
    {
        GuestMachine echo = end.Start("echo");
        echo.WaitForOutput("echo: ready");
        IPEndPoint remote = StackLab.Remote(isIpv4);
        remote.Port = EchoPort;
        for (int i = 0; i < connections; i++)
        {
            using LinuxStream linux = LinuxStream.Connect(remote);
            Conversation.RunAll(
                () => Conversation.SendAll(linux, i, bytes), () => Conversation.ReceiveAll(linux, i, bytes));
        }

        Assert.False(echo.HasEnded);
        echo.Kill();
    });

    private static void Dial(string plan, bool isIpv4, int connections, int bytes) => Run(plan, end =>
    {
        using Socket listener = LinuxStream.Listen(isIpv4);
        var thread = new Thread(() => Serve(listener, connections)) { IsBackground = true };
        thread.Start();
        GuestMachine dialler = end.Start(
            "dialler",
            isIpv4 ? "10.0.0.1" : "fd64:656e:616c:6900::1",
            Text(((IPEndPoint)listener.LocalEndPoint!).Port),
            Text(connections),
            Text(bytes));
        dialler.AssertTerminated(0);
        Assert.Equal("dialler: done\n", dialler.Text);
        Assert.True(thread.Join(Patience.Limit), "Linux's server does not end");
    });

    // What goes wrong here, the other side sees.
    private static void Serve(Socket listener, int connections)
    {
        byte[] buffer = new byte[65_536];
        for (int i = 0; i < connections; i++)
        {
            using var linux = new LinuxStream(listener.Accept());
            try
            {
                int count;
                while ((count = linux.Read(buffer)) > 0)
                {
                    linux.Write(buffer.AsSpan(0, count));
                }
            }
            catch (IOException)
            {
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Run(string plan, Action<KernelEnd> test)
    {
        Assert.SkipUnless(File.Exists(KvmSystem.DefaultPath), "there is no /dev/kvm on this machine");
        PrivateNetwork.Run(() =>
        {
            using var wire = new LinuxWire(FaultPlan.Named(plan), TestSettings.FirstSeed);
            using var end = new KernelEnd(wire);
            test(end);
        });
    }
}
