// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using CsCheck;
using Denali.Hardware.Tests;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>An address is a VM's if a server gave it to that VM, and as long as it did.</summary>
public sealed class DhcpPortsTests : IMachineObserver
{
    private const int Machine = 3;
    private const int Rival = 4;
    private const ulong Second = 1_000_000_000;
    private const ulong MachineId = 77;

    private static readonly IpAddress s_host = IpAddress.FromIpv4(0xC0A8_4D02);

    private readonly DhcpPorts _ports;
    private readonly FrameFilter _filter;
    private readonly OutsideFilter _outside;
    private readonly List<(ulong MachineId, IpAddress Address)> _told = [];
    private ulong _nowNs = 1000 * Second;

    public DhcpPortsTests()
    {
        _ports = new DhcpPorts(Frames.Addressing, () => _nowNs, address => address == s_host);
        _filter = new FrameFilter(Frames.Addressing, _ports);
        _outside = new OutsideFilter(Frames.Addressing, _ports);
        _ports.Attach(Machine, MachineId, this);
        _ports.Attach(Rival, MachineId + 1, this);
    }

    private DhcpPort Port => _ports.Find(Machine)!;

    int IMachineObserver.OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output) => output.Length;

    void IMachineObserver.OnEnded(MachineExit exit)
    {
    }

    void IMachineObserver.OnAddressChanged(ulong machineId, IpAddress address) => _told.Add((machineId, address));

    [Fact]
    public void Acknowledgment_OfWhatTheMachineAsked_GivesTheAddressForItsTime()
    {
        Assert.True(Ask(DhcpMessageType.Discover));
        Assert.True(Take(DhcpFrames.Answer(Machine, DhcpMessageType.Offer)));
        Assert.Equal(IpAddress.Ipv4Any, Port.Address);
        Assert.True(Ask(DhcpMessageType.Request));
        Assert.True(Take(DhcpFrames.Answer(Machine, DhcpMessageType.Acknowledge, seconds: 60)));

        Assert.Equal(DhcpFrames.Leased, Port.Address);
        Assert.Equal(Machine, _ports.FindIp(DhcpFrames.Leased));
        Assert.Equal((MachineId, DhcpFrames.Leased), Assert.Single(_told));
        _nowNs += (60 * Second) - 1;
        Assert.Equal(DhcpFrames.Leased, Port.Address);
        _nowNs++;
        Assert.Equal(IpAddress.Ipv4Any, Port.Address);
        Assert.Equal(SwitchAddressing.None, _ports.FindIp(DhcpFrames.Leased));
        _ports.Expire();
        Assert.Equal((MachineId, IpAddress.Ipv4Any), _told[^1]);
        _ports.Expire();
        Assert.Equal(2, _told.Count);
    }

    [Fact]
    public void Acknowledgment_ForEver_HasNoEnd()
    {
        Bind(seconds: uint.MaxValue);
        _nowNs += 1_000_000_000 * Second;

        Assert.Equal(DhcpFrames.Leased, Port.Address);
    }

    [Fact]
    public void Answers_ToNothingThatWasAsked_AreNotBelieved()
    {
        Assert.False(Take(DhcpFrames.Answer(Machine, DhcpMessageType.Acknowledge)));
        Ask(DhcpMessageType.Discover);
        Assert.False(Take(DhcpFrames.Answer(Machine, DhcpMessageType.Acknowledge)));
        Ask(DhcpMessageType.Request);
        Assert.False(Take(DhcpFrames.Answer(Machine, DhcpMessageType.Acknowledge, transaction: 1)));
        Assert.False(Take(DhcpFrames.Answer(Machine, (DhcpMessageType)9)));
        Assert.False(Take(DhcpFrames.Answer(Machine, DhcpMessageType.Discover)));

        Assert.Equal(IpAddress.Ipv4Any, Port.Address);
        Assert.True(Take(DhcpFrames.Answer(Machine, DhcpMessageType.Acknowledge)));
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("127.0.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("10.0.0.1")]
    [InlineData("10.1.0.3")]
    [InlineData("10.1.0.9")]
    [InlineData("192.168.77.1")]
    [InlineData("192.168.77.2")]
    public void Acknowledgment_OfAnAddressThatIsNotFree_GivesNothing(string text)
    {
        IpAddress address = IpAddress.ReadIpv4(System.Net.IPAddress.Parse(text).GetAddressBytes());
        Ask(DhcpMessageType.Request);

        Assert.False(Take(DhcpFrames.Answer(Machine, DhcpMessageType.Acknowledge, address)));
        Assert.Equal(IpAddress.Ipv4Any, Port.Address);
        Assert.Empty(_told);
    }

    [Fact]
    public void Acknowledgment_OfTheRoutersAddress_GivesNothing()
    {
        Ask(DhcpMessageType.Request);
        byte[] options = [3, 4, .. DhcpFrames.Bytes(DhcpFrames.Leased)];

        Assert.False(Take(DhcpFrames.Answer(Machine, DhcpMessageType.Acknowledge, options: options)));
    }

    [Fact]
    public void Acknowledgment_OfAnothersAddress_GivesNothingUntilThatHasEnded()
    {
        Bind(seconds: 60);
        Ask(DhcpMessageType.Request, Rival);
        byte[] answer = DhcpFrames.Answer(Rival, DhcpMessageType.Acknowledge);
        Assert.False(Take(answer, Rival));
        _nowNs += 60 * Second;

        Assert.True(Take(answer, Rival));
        Assert.Equal(Rival, _ports.FindIp(DhcpFrames.Leased));

        // The end of the first one's lease, noticed late, takes nothing from the second.
        _ports.Expire();
        Assert.Equal(Rival, _ports.FindIp(DhcpFrames.Leased));
    }

    [Fact]
    public void Acknowledgment_ThroughARouter_CannotGiveAnotherAddress()
    {
        Bind();
        _nowNs += DhcpPorts.ChangeNs;
        Ask(DhcpMessageType.Request, source: DhcpFrames.Leased, current: DhcpFrames.Leased);

        // A helper anywhere can send to the address that the VM has.
        Assert.False(Take(DhcpFrames.Answer(
            Machine, DhcpMessageType.Acknowledge, DhcpFrames.Other, destination: DhcpFrames.Leased)));
        Assert.Equal(DhcpFrames.Leased, Port.Address);

        // On the segment itself, it is for the servers there to say.
        Assert.True(Take(DhcpFrames.Answer(Machine, DhcpMessageType.Acknowledge, DhcpFrames.Other)));
        Assert.Equal(DhcpFrames.Other, Port.Address);
        Assert.Equal(SwitchAddressing.None, _ports.FindIp(DhcpFrames.Leased));
    }

    [Fact]
    public void Renewal_OfTheSameAddress_ExtendsItQuietly()
    {
        Bind(seconds: 60);
        _nowNs += 30 * Second;
        Ask(DhcpMessageType.Request, source: DhcpFrames.Leased, current: DhcpFrames.Leased);
        Assert.True(Take(DhcpFrames.Answer(
            Machine, DhcpMessageType.Acknowledge, seconds: 60, destination: DhcpFrames.Leased)));
        _nowNs += 59 * Second;

        Assert.Equal(DhcpFrames.Leased, Port.Address);
        Assert.Single(_told);
    }

    [Theory]
    [InlineData(DhcpMessageType.Release)]
    [InlineData(DhcpMessageType.Decline)]
    public void Addresses_GivenBackAtOnce_AreNotReplacedAtOnce(DhcpMessageType type)
    {
        Bind();
        Assert.True(type == DhcpMessageType.Release
            ? Ask(type, source: DhcpFrames.Leased, current: DhcpFrames.Leased)
            : Ask(type, wanted: DhcpFrames.Leased));
        _ports.End(Port);
        Assert.Equal(IpAddress.Ipv4Any, Port.Address);
        Ask(DhcpMessageType.Request);
        byte[] answer = DhcpFrames.Answer(Machine, DhcpMessageType.Acknowledge, DhcpFrames.Other);

        Assert.False(Take(answer));
        _nowNs += DhcpPorts.ChangeNs;
        Assert.True(Take(answer));
    }

    [Fact]
    public void Refusal_OfAServer_TakesTheAddressAway()
    {
        Bind();
        Ask(DhcpMessageType.Request, source: DhcpFrames.Leased, current: DhcpFrames.Leased);
        Assert.True(Take(DhcpFrames.Answer(Machine, DhcpMessageType.Refuse, IpAddress.Ipv4Any)));

        Assert.Equal(IpAddress.Ipv4Any, Port.Address);
        Assert.Equal(IpAddress.Ipv4Any, _told[^1].Address);
    }

    [Fact]
    public void Detach_TakesTheAddressAwayAndTellsNothing()
    {
        Bind();
        DhcpPort port = Port;
        Ask(DhcpMessageType.Request);
        _ports.Detach(Machine);

        Assert.Null(_ports.Find(Machine));
        Assert.Equal(SwitchAddressing.None, _ports.FindIp(DhcpFrames.Leased));

        // An answer that was under way gives nothing to the next VM in its place.
        Assert.False(TakeAt(port, DhcpFrames.Answer(Machine, DhcpMessageType.Acknowledge)));
        _ports.Attach(Machine, MachineId + 9, this);
        Assert.False(Take(DhcpFrames.Answer(Machine, DhcpMessageType.Acknowledge)));
        Assert.Single(_told);
        Assert.False(_ports.IsEmpty);
        _ports.Detach(Machine);
        _ports.Detach(Rival);
        Assert.True(_ports.IsEmpty);
    }

    [Fact]
    public void Machine_WithoutALease_MayOnlyAsk()
    {
        Assert.Equal(FrameVerdict.DhcpQuestion, Check(DhcpFrames.Question(Machine, DhcpMessageType.Discover)).Verdict);

        Assert.Equal(DropReason.SpoofedAddress, Check(FromMachine(IpAddress.Ipv4Any, port: 7)).Reason);
        Assert.Equal(DropReason.SpoofedAddress, Check(FromMachine(DhcpFrames.Leased, port: 7)).Reason);
        Assert.Equal(DropReason.SpoofedAddress, Check(FromMachine(DhcpFrames.Leased, port: 67)).Reason);
        Assert.Equal(
            DropReason.SpoofedAddress, Check(FromMachine(Frames.Addressing.Ipv4Of(Machine), port: 7)).Reason);
        Assert.Equal(DropReason.SpoofedNeighbor, Check(Arp(IpAddress.Ipv4Any, DhcpFrames.Leased)).Reason);
        Assert.Equal(DropReason.SpoofedNeighbor, Check(Arp(DhcpFrames.Leased, DhcpFrames.Server)).Reason);
    }

    [Fact]
    public void Machine_WithALease_IsOnTheNetworkOutsideUnderItsAddressOnly()
    {
        Bind();

        Assert.Equal(FrameVerdict.Outside, Check(FromMachine(DhcpFrames.Leased, port: 7)).Verdict);
        Assert.Equal(FrameVerdict.DhcpQuestion, Check(FromMachine(DhcpFrames.Leased, port: 67)).Verdict);
        Assert.Equal(FrameVerdict.Arp, Check(Arp(DhcpFrames.Leased, DhcpFrames.Server)).Verdict);
        Assert.Equal(FrameVerdict.Arp, Check(Arp(IpAddress.Ipv4Any, DhcpFrames.Leased)).Verdict);

        Assert.Equal(DropReason.SpoofedAddress, Check(FromMachine(DhcpFrames.Other, port: 7)).Reason);
        Assert.Equal(DropReason.SpoofedAddress, Check(FromMachine(IpAddress.Ipv4Any, port: 7)).Reason);
        Assert.Equal(
            DropReason.SpoofedAddress, Check(FromMachine(Frames.Addressing.Ipv4Of(Machine), port: 7)).Reason);
        Assert.Equal(DropReason.SpoofedNeighbor, Check(Arp(DhcpFrames.Other, DhcpFrames.Server)).Reason);

        // It could keep others from an address by asking for it as if it were about to take it.
        Assert.Equal(DropReason.SpoofedNeighbor, Check(Arp(IpAddress.Ipv4Any, DhcpFrames.Other)).Reason);
    }

    [Fact]
    public void Machine_ToAnotherMachineByARouter_IsMisdirected()
    {
        Bind();
        IpAddress computed = Frames.Addressing.Ipv4Of(Rival);

        Assert.Equal(DropReason.Misdirected, Check(FromMachine(DhcpFrames.Leased, 7, to: DhcpFrames.Leased)).Reason);
        Assert.Equal(DropReason.Misdirected, Check(FromMachine(DhcpFrames.Leased, 7, to: computed)).Reason);
        byte[] broadcast = FromMachine(DhcpFrames.Leased, port: 7);
        MacAddress.Broadcast.Write(broadcast);
        Assert.Equal(DropReason.Multicast, Check(broadcast).Reason);
    }

    [Fact]
    public void Machine_ThatPlaysTheServer_IsNotHeard()
    {
        Bind();
        byte[] forged = DhcpFrames.Answer(
            Rival,
            DhcpMessageType.Acknowledge,
            from: SwitchAddressing.MacOf(Machine),
            source: DhcpFrames.Leased,
            destination: DhcpFrames.Other);

        Assert.Equal(DropReason.ForgedDhcp, Check(forged).Reason);

        // Nor one without DHCP, whatever its first fragment is followed by, or its checksum is written over.
        byte[] computed = Frames.Ipv4(9, Machine, DhcpUdp(67, 68));
        Assert.Equal(DropReason.ForgedDhcp, Check(computed, sender: 9).Reason);
        computed[EthernetHeader.SizeBytes + 6] = 0x20;
        Assert.Equal(DropReason.ForgedDhcp, Check(computed, sender: 9).Reason);
        byte[] written = Frames.Ipv4(9, Machine, DhcpUdp(67, 99));
        var offload = new FrameOffload { IsChecksumPartial = true, ChecksumStart = 34, ChecksumOffset = 2 };
        Assert.Equal(DropReason.BadDescriptor, Check(written, sender: 9, offload).Reason);
    }

    [Fact]
    public void Question_ThatSpeaksForAnother_IsRefused()
    {
        Bind();
        byte[] mac = DhcpFrames.MacBytes(SwitchAddressing.MacOf(Rival));
        Action<byte[]>[] changes =
        [
            message => message[0] = 2,
            message => message[3] = 1,
            message => message[24] = 10,
            message => mac.CopyTo(message, 28),
            message => message[12] = 99,
            message => message[236] = 0,
        ];
        foreach (Action<byte[]> change in changes)
        {
            Assert.False(Ask(DhcpFrames.Question(Machine, DhcpMessageType.Request, change: change)));
        }

        byte[][] options =
        [
            [61, 7, 1, .. mac],
            [61, 2, 0, 7],
            [52, 1, 3],
            [82, 0],
            [53, 1, 3],
            [50, 4, 10, 0, 0, 1, 50, 4, 10, 0, 0, 2],
            [12, 200, 1],
        ];
        foreach (byte[] option in options)
        {
            Assert.False(Ask(DhcpFrames.Question(Machine, DhcpMessageType.Request, options: option)));
        }

        Assert.False(Ask(DhcpMessageType.Decline, wanted: DhcpFrames.Other));
        Assert.False(Ask(DhcpMessageType.Release, source: DhcpFrames.Leased));
        Assert.False(Ask(DhcpMessageType.Release, source: DhcpFrames.Other, current: DhcpFrames.Leased));
        Assert.False(Ask(DhcpMessageType.Offer));
        Assert.False(Ask((DhcpMessageType)8));
        Assert.True(Ask(DhcpFrames.Question(Machine, DhcpMessageType.Request, options: [])));
    }

    [Fact]
    public void Question_OfAnyBytes_SpeaksForTheMachineOrIsRefused() =>
        Gen.Select(Gen.Int[0, 320], Gen.Byte, Gen.Int[0, 400]).Sample(
            (at, value, length) =>
            {
                byte[] frame = DhcpFrames.Question(Machine, DhcpMessageType.Request, wanted: DhcpFrames.Leased);
                if (at < frame.Length)
                {
                    frame[at] = value;
                }

                frame = frame[..Math.Min(length, frame.Length)];
                if (DhcpFrame.TryReadQuestion(frame, out DhcpClientMessage message) && Port.TryAsk(message))
                {
                    Assert.Equal(Port.Mac, message.Client);
                    Assert.True(message.ClientAddress.IsAny);
                    Assert.True(message.Source.IsAny);
                }

                _ = DhcpFrame.TryReadAnswer(frame, out _, out _, out _);
                _ = DhcpFrame.IsForClient(frame);
            },
            iter: Iterations.Of(50_000));

    [Fact]
    public void Arp_FromOutside_AnswersOnlyMachinesWithLeases()
    {
        Bind();

        Assert.Null(CheckOutside(Reply(DhcpFrames.Server)));
        Assert.Null(CheckOutside(Reply(DhcpFrames.Leased)));
        Assert.Equal(DropReason.SpoofedNeighbor, CheckOutside(Reply(Frames.Addressing.Ipv4Of(9))));
        byte[] liar = Reply(DhcpFrames.Server);
        DhcpFrames.MacBytes(SwitchAddressing.MacOf(Rival)).CopyTo(liar, EthernetHeader.SizeBytes + 8);
        Assert.Equal(DropReason.SpoofedNeighbor, CheckOutside(liar));
        byte[] request = Reply(DhcpFrames.Server);
        request[EthernetHeader.SizeBytes + 7] = 1;
        Assert.Equal(DropReason.SpoofedNeighbor, CheckOutside(request));
        _ports.Detach(Machine);
        Assert.Equal(DropReason.SpoofedNeighbor, CheckOutside(Reply(DhcpFrames.Server)));
    }

    [Fact]
    public void Frames_FromOutsideUnderALeasedAddress_DoNotPass()
    {
        Bind();
        byte[] routed = DhcpFrames.Frame(
            DhcpFrames.ServerMac,
            SwitchAddressing.MacOf(Rival),
            DhcpFrames.Leased,
            DhcpFrames.Other,
            7,
            7,
            new byte[10]);

        Assert.Equal(DropReason.SpoofedAddress, _outside.Check(routed, out _));
    }

    private static byte[] DhcpUdp(ushort from, ushort to)
    {
        byte[] datagram = new byte[20];
        new UdpHeader { SourcePort = from, DestinationPort = to, LengthBytes = 20 }.Write(datagram);
        return datagram;
    }

    private static byte[] Reply(IpAddress sender)
    {
        byte[] frame = Frames.Arp(Machine, new ArpPacket
        {
            Operation = ArpOperation.Reply,
            SenderMac = DhcpFrames.ServerMac,
            SenderAddress = sender,
            TargetMac = SwitchAddressing.MacOf(Machine),
            TargetAddress = DhcpFrames.Leased,
        });
        SwitchAddressing.MacOf(Machine).Write(frame);
        DhcpFrames.ServerMac.Write(frame.AsSpan(6));
        return frame;
    }

    private static byte[] Arp(IpAddress sender, IpAddress target) => Frames.Arp(Machine, new ArpPacket
    {
        Operation = ArpOperation.Request,
        SenderMac = SwitchAddressing.MacOf(Machine),
        SenderAddress = sender,
        TargetAddress = target,
    });

    private static byte[] FromMachine(IpAddress source, ushort port, IpAddress? to = null) => DhcpFrames.Frame(
        SwitchAddressing.MacOf(Machine),
        DhcpFrames.ServerMac,
        source,
        to ?? DhcpFrames.Server,
        68,
        port,
        new byte[300]);

    private DropReason? CheckOutside(byte[] frame) => _outside.Check(frame, out _);

    private (FrameVerdict Verdict, DropReason Reason) Check(
        byte[] frame, int sender = Machine, FrameOffload offload = default)
    {
        FrameVerdict verdict = _filter.Check(frame, sender, offload, out _, out DropReason reason);
        Assert.True(verdict == FrameVerdict.Drop || reason == default);
        return (verdict, reason);
    }

    private void Bind(uint seconds = 3600)
    {
        Ask(DhcpMessageType.Request);
        Assert.True(Take(DhcpFrames.Answer(Machine, DhcpMessageType.Acknowledge, seconds: seconds)));
    }

    private bool Ask(
        DhcpMessageType type,
        int index = Machine,
        IpAddress? source = null,
        IpAddress? current = null,
        IpAddress? wanted = null) =>
        Ask(DhcpFrames.Question(index, type, source, current, wanted), index);

    private bool Ask(byte[] frame, int index = Machine) =>
        DhcpFrame.TryReadQuestion(frame, out DhcpClientMessage message) && _ports.Find(index)!.TryAsk(message);

    private bool Take(byte[] frame, int index = Machine) => TakeAt(_ports.Find(index)!, frame);

    private bool TakeAt(DhcpPort port, byte[] frame)
    {
        Assert.True(DhcpFrame.IsForClient(frame));
        return DhcpFrame.TryReadAnswer(frame, out DhcpMessage message, out IpAddress source, out IpAddress destination)
            && _ports.TryTake(port, message, source, destination);
    }
}
