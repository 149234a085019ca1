// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using CsCheck;
using Denali.Engine;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>Frames that only acknowledge: which ones they are, and that they come nevertheless.</summary>
public sealed class BareAcknowledgmentTests
{
    private const string Name = "denaliack0";

    [Theory]
    [InlineData(TcpFlags.Ack, 0, true)]
    [InlineData(TcpFlags.Ack, 1, false)]
    [InlineData(TcpFlags.Ack | TcpFlags.Psh, 0, false)]
    [InlineData(TcpFlags.Ack | TcpFlags.Fin, 0, false)]
    [InlineData(TcpFlags.Ack | TcpFlags.Syn, 0, false)]
    [InlineData(TcpFlags.Rst, 0, false)]
    public void Is_Segment_OnlyWithoutPayloadAndOtherFlags(TcpFlags flags, int payloadBytes, bool expected)
    {
        byte[] segment = Segment(flags, payloadBytes);

        Assert.Equal(expected, BareAcknowledgment.Is(Frames.Ipv4(0, 1, segment, IpProtocol.Tcp)));
        Assert.Equal(expected, BareAcknowledgment.Is(Frames.Ipv6(0, 1, segment, IpProtocol.Tcp)));
    }

    [Fact]
    public void Is_Padded_IsStillOne()
    {
        byte[] frame = Frames.Ipv4(0, 1, Segment(TcpFlags.Ack, 0), IpProtocol.Tcp);

        Assert.True(BareAcknowledgment.Is([.. frame, 0, 0, 0, 0, 0, 0]));
    }

    [Fact]
    public void Is_OtherProtocols_AreNot()
    {
        byte[] segment = Segment(TcpFlags.Ack, 0);

        Assert.False(BareAcknowledgment.Is(Frames.Ipv4(0, 1, segment, IpProtocol.Udp)));
        Assert.False(BareAcknowledgment.Is(Frames.ArpRequest(0, Frames.Addressing.Ipv4Of(1))));
        Assert.False(BareAcknowledgment.Is(default));
    }

    [Fact]
    public void Is_CutAnywhere_IsNotAndDoesNotThrow()
    {
        byte[] ipv4 = Frames.Ipv4(0, 1, Segment(TcpFlags.Ack, 0), IpProtocol.Tcp);
        byte[] ipv6 = Frames.Ipv6(0, 1, Segment(TcpFlags.Ack, 0), IpProtocol.Tcp);
        Gen.Select(Gen.Bool, Gen.Int[0, ipv4.Length - 1]).Sample((isIpv6, length) =>
            !BareAcknowledgment.Is((isIpv6 ? ipv6 : ipv4).AsSpan(0, length)));
        Gen.Select(Gen.Int[12, ipv6.Length - 1], Gen.Byte).Sample((at, value) =>
        {
            byte[] changed = [.. ipv6];
            changed[at] = value;
            _ = BareAcknowledgment.Is(changed);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Machine_ThatIdlesForever_GetsOne(int workers) => PrivateNetwork.Run(() =>
    {
        using TestKernel kernel = new(workers, tapName: Name);
        using var isReady = new ManualResetEventSlim();
        using var isThere = new ManualResetEventSlim();
        ulong id = kernel.Start(Guest, network: new NetworkOptions());
        TestKernel.WaitFor(isReady, "the VM is ready");
        using var packets = new PacketSocket(PacketSocket.IndexOf(Name));
        byte[] frame = Frames.Ipv4(SwitchAddressing.Gateway, 0, Segment(TcpFlags.Ack, 0), IpProtocol.Tcp);

        packets.Send(frame);

        TestKernel.WaitFor(isThere, "the acknowledgment comes");
        kernel.Kernel.Kill(id);
        kernel.Observer.WaitForEnd(id);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            isReady.Set();
            while (true)
            {
                yield return slot.Idle();
                slot.Take();
                foreach ((byte[] bytes, FrameOffload _) in nic.Receive())
                {
                    if (BareAcknowledgment.Is(bytes))
                    {
                        isThere.Set();
                    }
                }
            }
        }
    });

    private static byte[] Segment(TcpFlags flags, int payloadBytes)
    {
        byte[] segment = new byte[TcpHeader.SizeOf + payloadBytes];
        new TcpHeader { HeaderBytes = TcpHeader.SizeOf, Flags = flags }.Write(segment);
        return segment;
    }
}
