// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using Denali.Guests.Tests;
using Denali.Interop.Tests.Wire;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Interop.Tests.Ends;

/// <summary>Linux and a stack of ours on one wire, in a network namespace of their own.</summary>
internal sealed class StackLab : IDisposable
{
    private const ushort Port = 7000;

    private StackLab(FaultPlan plan, int seed, TcpSettings? settings)
    {
        Wire = new LinuxWire(plan, seed);
        End = new StackEnd(Wire, plan, settings);
        Listener = End.Do(tcp => tcp.Listen(new IpEndpoint(default, Port), 1024, out _)!);
    }

    internal LinuxWire Wire { get; }

    internal StackEnd End { get; }

    internal Denali.Net.Tcp.TcpListener Listener { get; }

    /// <summary>Runs a test; in the end nothing may be left of its connections.</summary>
    /// <param name="plan">What the wire does.</param>
    /// <param name="test">The test, on a thread in the network namespace.</param>
    /// <param name="settings">Those of our TCP.</param>
    /// <param name="linux">Settings of Linux below /proc/sys/net/ipv4, as NAME=VALUE.</param>
    internal static void Run(
        FaultPlan plan, Action<StackLab> test, TcpSettings? settings = null, params string[] linux) =>
        PrivateNetwork.Run(() =>
        {
            foreach (string setting in linux)
            {
                string[] parts = setting.Split('=');
                File.WriteAllText($"/proc/sys/net/ipv4/{parts[0]}", parts[1]);
            }

            using var lab = new StackLab(plan, TestSettings.FirstSeed, settings);
            try
            {
                test(lab);
                lab.End.AssertNothingIsLeft();
            }
            finally
            {
                lab.Report();
            }
        });

    /// <summary>Where Linux finds our listener.</summary>
    internal static IPEndPoint Remote(bool isIpv4) =>
        new(IPAddress.Parse(isIpv4 ? "10.1.0.0" : "fd64:656e:616c:6900::1:0"), Port);

    /// <summary>Makes a connection.</summary>
    /// <param name="isIpv4">The family.</param>
    /// <param name="isOurs">Whether we dial.</param>
    /// <param name="linuxReceiveBuffer">Bytes that Linux keeps for its reader; 0 for Linux's own choice.</param>
    internal (LinuxStream Linux, StackStream Ours) Open(bool isIpv4, bool isOurs, int linuxReceiveBuffer = 0)
    {
        if (!isOurs)
        {
            LinuxStream linux = LinuxStream.Connect(Remote(isIpv4), linuxReceiveBuffer);
            return (linux, End.Accept(Listener));
        }

        using Socket listener = LinuxStream.Listen(isIpv4);
        if (linuxReceiveBuffer != 0)
        {
            listener.ReceiveBufferSize = linuxReceiveBuffer;
        }

        StackStream ours = End.Connect(LinuxStream.EndpointOf(listener));
        Assert.True(listener.Poll(Patience.Limit, SelectMode.SelectRead), "Linux has no connection to accept");
        return (new LinuxStream(listener.Accept()), ours);
    }

    public void Dispose() => Wire.Dispose();

    private void Report()
    {
        TcpStatistics statistics = End.Do(tcp => tcp.Statistics);
        TestContext.Current.SendDiagnosticMessage(
            $"DENALI_SEED={TestSettings.FirstSeed}: {Wire.FaultCount} faults, "
            + $"{statistics.Retransmissions} retransmissions, {statistics.Recoveries} recoveries, "
            + $"{statistics.Timeouts} timeouts, {statistics.SpuriousRecoveries} spurious, "
            + $"{statistics.BadChecksums} bad checksums");
    }
}
