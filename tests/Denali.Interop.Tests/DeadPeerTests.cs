// SPDX-License-Identifier: MIT
using System.Diagnostics;
using Denali.Interop.Tests.Ends;
using Denali.Interop.Tests.Wire;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Interop.Tests;

/// <summary>A Linux client that dies in the middle: its process, or the way to it.</summary>
public sealed class DeadPeerTests
{
    private const ulong Millisecond = 1_000_000;
    private const ulong OrphanTimeoutNs = 300 * Millisecond;
    private const int Bytes = 500_000;

    // What a send buffer takes even if nothing is acknowledged.
    private const int AtOnceBytes = 50_000;

    [Fact]
    public void Process_Killed_ResetsOurEnd() => StackLab.Run(
        FaultPlan.None,
        lab =>
        {
            System.Net.IPEndPoint remote = StackLab.Remote(isIpv4: true);
            using Process client = Process.Start(new ProcessStartInfo(
                "bash", ["-c", $"exec 3<>/dev/tcp/{remote.Address}/{remote.Port}; printf hello >&3; read -r line"])
            {
                RedirectStandardInput = true,
            })!;
            using StackStream ours = lab.End.Accept(lab.Listener);
            ours.WaitUntil(connection => connection.ReadableBytes == 5, "the client's greeting");
            ours.Write(new byte[AtOnceBytes]);
            ours.WaitUntil(connection => connection.UnacknowledgedBytes == 0, "Linux has it all");

            // What it has not read makes Linux reset the connection.
            client.Kill();
            client.WaitForExit();
            ours.WaitUntil(connection => connection.State == TcpState.Closed, "the reset");
            Assert.Equal(NetError.Reset, ours.Error);
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Link_CutWhileWeSend_TimesOut(bool isIpv4) => StackLab.Run(
        FaultPlan.None,
        lab =>
        {
            (LinuxStream linux, StackStream ours) = lab.Open(isIpv4, isOurs: false);
            using (ours)
            {
                Conversation.RunAll(
                    () => Conversation.Send(ours, 2, 0, Bytes), () => Conversation.Receive(linux, 2, 0, Bytes));
                ours.WaitUntil(connection => connection.UnacknowledgedBytes == 0, "Linux has it all");
                lab.Wire.Cut();
                _ = ours.Do(connection => connection.UserTimeoutNs = 600 * Millisecond);
                ours.Write(new byte[AtOnceBytes]);
                linux.Dispose();
                ours.WaitUntil(connection => connection.State == TcpState.Closed, "the time-out");
                Assert.Equal(NetError.TimedOut, ours.Error);
            }
        });

    [Fact]
    public void Interface_DownWhileIdle_IsNoticedByKeepAlive() => StackLab.Run(
        FaultPlan.None,
        lab =>
        {
            (LinuxStream linux, StackStream ours) = lab.Open(isIpv4: true, isOurs: true);
            using (linux)
            using (ours)
            {
                // Linux answers twice in a second at most (tcp_invalid_ratelimit): all probes together take longer.
                _ = ours.Do(connection =>
                {
                    connection.KeepAliveIdleNs = 300 * Millisecond;
                    connection.KeepAliveIntervalNs = 400 * Millisecond;
                    connection.KeepAliveCount = 3;
                    return connection.KeepAlive = true;
                });

                // Linux answers some, so it is not the silence alone that ends the connection.
                ulong before = lab.End.Do(tcp => tcp.Statistics.SegmentsReceived);
                lab.End.WaitUntil(tcp => tcp.Statistics.SegmentsReceived >= before + 2, "answers to keep-alives");
                PrivateNetwork.Configure($"link set {LinuxWire.InterfaceName} down");
                ours.WaitUntil(connection => connection.State == TcpState.Closed, "the time-out");
                Assert.Equal(NetError.TimedOut, ours.Error);
            }
        });

    [Fact]
    public void Link_CutAfterWeClosed_LeavesNothing() => StackLab.Run(
        FaultPlan.None,
        lab =>
        {
            (LinuxStream linux, StackStream ours) = lab.Open(isIpv4: true, isOurs: false);
            using (linux)
            {
                lab.Wire.Cut();
                ours.Write(new byte[AtOnceBytes]);
                ulong closedNs = LinuxWire.NowNs;
                ours.Dispose();
                lab.End.AssertNothingIsLeft();
                Assert.True(LinuxWire.NowNs - closedNs >= OrphanTimeoutNs, "it was given up at once");
            }
        },
        new TcpSettings { OrphanTimeoutNs = OrphanTimeoutNs });
}
