// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Threading;
using CsCheck;
using Denali.Engine;
using Denali.Hardware.Tests;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>
/// Random addresses, frames and offloads from all sides: VMs, the kernel's host, Linux. Nothing crashes, nothing is
/// kept without a bound, and a VM still gets what is for it.
/// </summary>
public sealed class SwitchFuzzTests
{
    private const string Name = "denalifuzz0";
    private const int FrameMax = 2000;

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void Addresses_OfAnyBits_AreOfNobodyOrOfWhoHasThem() =>
        Gen.ULong.Select(Gen.ULong, Gen.Int[0, 3]).Sample(
            (high, low, kind) =>
            {
                SwitchAddressing lan = Frames.Addressing;
                var mac = new MacAddress((kind == 0 ? low : (0x0264_6E00_0000 | (low & 0xFF_FFFF))) & 0xFFFF_FFFF_FFFF);
                int index = lan.FindMac(mac);
                Assert.InRange(index, SwitchAddressing.Gateway, lan.MachineMax - 1);
                Assert.True(index == SwitchAddressing.None || SwitchAddressing.MacOf(index) == mac);
                IpAddress address = kind switch
                {
                    0 => new IpAddress(high, low),
                    1 => IpAddress.FromIpv4(0x0A00_0000 | ((uint)low & 0x1FF_FFFF)),
                    2 => new IpAddress(lan.Ipv6Gateway.High, low & 0x3F_FFFF),
                    _ => SwitchAddressing.LinkLocalOf(mac),
                };
                index = lan.FindIp(address);
                Assert.InRange(index, SwitchAddressing.Gateway, lan.MachineMax - 1);
                bool isTheirs = index == SwitchAddressing.None
                    || lan.Ipv4Of(index) == address
                    || lan.Ipv6Of(index) == address
                    || SwitchAddressing.LinkLocalOf(SwitchAddressing.MacOf(index)) == address;
                Assert.True(isTheirs, $"{high:x} {low:x}");
            },
            iter: Iterations.Of(100_000));

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void VirtioHeader_OfAnyBytes_OffersOnlyWhatLiesInTheFrame() =>
        Gen.Byte.Array[TapUplink.HeaderBytes].Select(Gen.Byte.Array[14, 200], Gen.Int[0, 1]).Sample(
            (header, frame, kind) =>
            {
                if (kind == 0)
                {
                    header[0] |= 1;
                    header[7] = 0;
                    header[9] = 0;
                }

                FrameOffload offload = TapUplink.ReadHeader(header, frame);
                Assert.True(!offload.IsChecksumPartial
                    || offload.ChecksumStart + offload.ChecksumOffset + 2 <= frame.Length);
                Assert.InRange(offload.HeaderBytes, 0, frame.Length);
                Assert.True(offload.SegmentBytes == 0 || offload.IsChecksumPartial);
            },
            iter: Iterations.Of(100_000));

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void Frames_OfAnyBytes_FromTheKernelsHost_HarmNobody()
    {
        using var kernel = new TestKernel(workers: 2);
        ulong[] machines = StartReaders(kernel, out Counter received);
        var random = new Random(1);
        for (int i = Iterations.Of(20_000); i > 0; i--)
        {
            byte[] bytes = AnyFrame(random);
            int split = random.Next(bytes.Length + 1);
            _ = kernel.Kernel.Switch.TryInject(new OutgoingFrame
            {
                Headers = bytes.AsSpan(0, split),
                Payload = bytes.AsSpan(split),
                Offload = AnyOffload(random),
            });
        }

        AssertAlive(kernel, machines, received);
    }

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void Frames_OfAnyBytes_FromLinux_HarmNobody() => PrivateNetwork.Run(() =>
    {
        using var kernel = new TestKernel(workers: 2, tapName: Name);
        ulong[] machines = StartReaders(kernel, out Counter received);
        using var packets = new PacketSocket(PacketSocket.IndexOf(Name));
        var random = new Random(2);
        for (int i = Iterations.Of(5_000); i > 0; i--)
        {
            byte[] frame = AnyFrame(random);
            packets.Send(frame.AsSpan(0, Math.Min(frame.Length, 1514)));
        }

        AssertAlive(kernel, machines, received);
    });

    /// <summary>A frame of which more or less is right.</summary>
    private static byte[] AnyFrame(Random random)
    {
        byte[] frame = new byte[random.Next(EthernetHeader.SizeBytes, FrameMax)];
        random.NextBytes(frame);
        int right = random.Next(5);
        if (right > 0)
        {
            SwitchAddressing.MacOf(random.Next(4)).Write(frame);
        }

        if (right > 1 && frame.Length >= 80)
        {
            EtherType[] types = [EtherType.Arp, EtherType.Ipv4, EtherType.Ipv6];
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), (ushort)types[random.Next(types.Length)]);
            frame[14] = (byte)(frame[13] == 0 ? 0x45 : 0x60);
            frame[20] = (byte)random.Next(64);
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(18), (ushort)random.Next(frame.Length));
        }

        return frame;
    }

    private static FrameOffload AnyOffload(Random random) => new()
    {
        IsChecksumPartial = random.Next(2) == 0,
        IsChecksumGood = random.Next(2) == 0,
        ChecksumStart = (ushort)random.Next(65536),
        ChecksumOffset = (ushort)random.Next(65536),
        SegmentBytes = (ushort)random.Next(65536),
        HeaderBytes = (ushort)random.Next(65536),
    };

    /// <summary>Two VMs, one on each worker, that take what comes.</summary>
    private static ulong[] StartReaders(TestKernel kernel, out Counter received)
    {
        var counter = new Counter();
        using var isReady = new CountdownEvent(2);
        ulong[] machines = [StartOne(), StartOne()];
        Assert.True(isReady.Wait(TestObserver.Limit), "the VMs are ready");
        received = counter;
        return machines;

        ulong StartOne() => kernel.Start(Guest, network: new NetworkOptions());

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            isReady.Signal();
            while (true)
            {
                yield return slot.Idle();
                slot.Take();
                counter.Add(nic.Receive().Count);
            }
        }
    }

    /// <summary>A good frame still arrives at either, and no more is kept than the queues may hold.</summary>
    private static void AssertAlive(TestKernel kernel, ulong[] machines, Counter received)
    {
        Assert.InRange(kernel.Kernel.Switch.BuffersInUse, 0, machines.Length * ReceiveQueues.FrameMax);
        foreach (int index in (ReadOnlySpan<int>)[0, 1])
        {
            long before = received.Value;
            byte[] frame = Frames.Ipv4(SwitchAddressing.Gateway, index, 50);
            TestKernel.WaitFor(
                () => kernel.Kernel.Switch.TryInject(new OutgoingFrame { Headers = frame }) && received.Value > before,
                "a good frame arrives");
        }

        foreach (ulong id in machines)
        {
            kernel.Kernel.Kill(id);
        }

        kernel.Observer.WaitForEnds(machines);
    }

    private sealed class Counter
    {
        private long _value;

        internal long Value => Interlocked.Read(ref _value);

        internal void Add(int count) => Interlocked.Add(ref _value, count);
    }
}
