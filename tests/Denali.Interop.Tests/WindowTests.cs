// SPDX-License-Identifier: MIT
using System;
using Denali.Interop.Tests.Ends;
using Denali.Interop.Tests.Wire;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Interop.Tests;

/// <summary>Windows that are scaled, small and closed.</summary>
public sealed class WindowTests
{
    private const int Bytes = 3_000_000;
    private const int SmallBufferBytes = 65_536;
    private const ulong OrphanTimeoutNs = 1_500_000_000;

    [Theory]
    [InlineData(true, true, "cut")]
    [InlineData(false, false, "none")]
    [Trait("Speed", "Slow")]
    public void LinuxReader_Pauses_GoesOn(bool isIpv4, bool isOurs, string plan) => StackLab.Run(
        FaultPlan.Named(plan),
        lab =>
        {
            (LinuxStream linux, StackStream ours) = lab.Open(isIpv4, isOurs, linuxReceiveBuffer: 16_384);
            using (linux)
            using (ours)
            {
                Conversation.RunAll(
                    () => Conversation.SendAll(ours, 2, Bytes),
                    () =>
                    {
                        // As long as Linux's window is closed nothing is acknowledged, and probes are answered.
                        ours.WaitUntil(WindowIsClosed, "the window is closed");
                        ulong before = Segments(lab);
                        lab.End.WaitUntil(tcp => tcp.Statistics.SegmentsReceived >= before + 3, "answers to probes");
                        Conversation.ReceiveAll(linux, 2, Bytes);
                    });
                linux.ShutdownSend();
                Assert.Equal(0, ours.Read(new byte[1]));
            }
        });

    [Theory]
    [InlineData(true, false, "cut")]
    [InlineData(false, true, "none")]
    [Trait("Speed", "Slow")]
    public void OurReader_Pauses_GoesOn(bool isIpv4, bool isOurs, string plan) => StackLab.Run(
        FaultPlan.Named(plan),
        lab =>
        {
            (LinuxStream linux, StackStream ours) = lab.Open(isIpv4, isOurs);
            using (linux)
            using (ours)
            {
                Conversation.RunAll(
                    () => Conversation.SendAll(linux, 1, Bytes),
                    () =>
                    {
                        // Linux probes our closed window; its probes are answered, and change nothing.
                        ours.WaitUntil(connection => connection.ReadableBytes >= SmallBufferBytes / 2, "data waits");
                        ulong before = Segments(lab);
                        lab.End.WaitUntil(tcp => tcp.Statistics.SegmentsReceived >= before + 3, "probes");
                        Assert.InRange(ours.Do(connection => connection.ReadableBytes), 1, SmallBufferBytes);
                        Conversation.ReceiveAll(ours, 1, Bytes);
                    });
                ours.ShutdownSend();
                Assert.Equal(0, linux.Read(new byte[1]));
            }
        },
        new TcpSettings { ReceiveBufferBytes = SmallBufferBytes });

    [Theory]
    [InlineData(true, 4096)]
    [InlineData(false, 4096)]
    [InlineData(true, 4 << 20)]
    [InlineData(false, 4 << 20)]
    public void Windows_OfEverySize_Work(bool isIpv4, int bufferBytes) => StackLab.Run(
        new FaultPlan { IsCut = bufferBytes < 65_536, DelayMs = 1 },
        lab =>
        {
            int linuxBuffer = bufferBytes < 65_536 ? bufferBytes : 0;
            (LinuxStream linux, StackStream ours) = lab.Open(isIpv4, isOurs: isIpv4, linuxBuffer);
            using (linux)
            using (ours)
            {
                int bytes = Math.Min(bufferBytes * 50, 8_000_000);
                Conversation.Run(linux, bytes, ours, bytes);
            }
        },
        new TcpSettings { ReceiveBufferBytes = bufferBytes, SendBufferBytes = bufferBytes });

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Scale_Agreed_WindowsGrowBeyond64KiB(bool isIpv4, bool isOurs) => StackLab.Run(
        new FaultPlan { DelayMs = 2 },
        lab =>
        {
            const int Unscaled = 65_535;
            (LinuxStream linux, StackStream ours) = lab.Open(isIpv4, isOurs, linuxReceiveBuffer: 200_000);
            using (linux)
            using (ours)
            {
                // A window grows when a round trip's worth of data does not fit: the wire is slow enough for that.
                // When our reader pauses, more waits than fits without a scale.
                Conversation.RunAll(
                    () => Conversation.SendAll(linux, 1, Bytes),
                    () =>
                    {
                        Conversation.Receive(ours, 1, 0, Bytes / 2);
                        ours.WaitUntil(connection => connection.ReadableBytes > Unscaled, "our window is larger");
                        Conversation.Receive(ours, 1, Bytes / 2, Bytes / 2);
                        Assert.Equal(0, ours.Read(new byte[1]));
                    });

                // When Linux has read everything, its window is as large as its buffer.
                Conversation.RunAll(
                    () => Conversation.Send(ours, 2, 0, Bytes), () => Conversation.Receive(linux, 2, 0, Bytes));
                ours.WaitUntil(connection => connection.SendWindow > Unscaled, "Linux's window is larger");
            }
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Speed", "Slow")]
    public void LinuxReader_PausesAfterWeClosed_StillGetsEverything(bool isIpv4) => StackLab.Run(
        FaultPlan.None,
        lab =>
        {
            (LinuxStream linux, StackStream ours) = lab.Open(isIpv4, isOurs: false, linuxReceiveBuffer: 16_384);
            const int Sent = 60_000;
            using (linux)
            {
                Conversation.SendAll(ours, 2, Sent);
                ours.WaitUntil(WindowIsClosed, "the window is closed");
                ours.Dispose();

                // Longer than an orphan may be without progress.
                ulong endNs = LinuxWire.NowNs + (2 * OrphanTimeoutNs);
                lab.End.WaitUntil(_ => LinuxWire.NowNs > endNs, "time passes");
                Conversation.ReceiveAll(linux, 2, Sent);
            }
        },
        new TcpSettings { OrphanTimeoutNs = OrphanTimeoutNs });

    private static ulong Segments(StackLab lab) => lab.End.Do(tcp => tcp.Statistics.SegmentsReceived);

    // There is something to send, and room for none of it at the peer.
    private static bool WindowIsClosed(TcpConnection connection) => connection.SendWindow == 0;
}
