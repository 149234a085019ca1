// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Images.Tests;
using Denali.Net.Tests.Support;
using Xunit;

namespace Denali.Net.Tests.Fuzz;

/// <summary>
/// Damaged, forged and random frames into a stack that has connections in all states. It must neither throw nor hang,
/// nor hold much memory, nor send much more than it gets; and afterwards honest hosts are served as before.
/// </summary>
public sealed class StackFuzzTests
{
    private const int FramesPerAttack = 1000;
    private const int Attacks = 100;
    private const int SoakAttacks = 20_000;

    // What a connection table of the target may hold, with room: 256 connections, most of them with nothing.
    private const int HeldBytesMax = 4 * 1024 * 1024;

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void Receive_DamagedConversations_ServesHonestHostsAfterwards()
    {
        long answers = 0;
        TestSeed.ForEach(Attacks, SoakAttacks, random => answers += Attack(random));

        // Frames that are all dropped at the first check would test nothing behind it.
        Assert.True(answers > 10 * Attacks, $"only {answers} answers");
    }

    private static long Attack(Random random)
    {
        var lan = new FuzzLan(random.Next());
        lan.Prepare();
        byte[][] recorded = [.. lan.Recorded];
        long before = lan.TargetFrameCount;
        lan.IsHonestListening = random.Next(2) == 0;
        for (int index = 0; index < FramesPerAttack; index++)
        {
            lan.Inject(Forge(recorded, random), ForgeOffload(random));
            if (random.Next(8) == 0)
            {
                lan.Settle();
                lan.Attend();
            }

            if (random.Next(50) == 0)
            {
                lan.Run(random.Next(1 << random.Next(8)));
            }

            Assert.InRange(lan.Buffers.OutstandingBytes, 0, HeldBytesMax);
            Assert.InRange(lan.Target.Tcp.ConnectionCount, 0, 256);
        }

        lan.Settle();
        lan.IsHonestListening = true;
        long answers = lan.TargetFrameCount - before;
        Assert.InRange(answers, 0, 20 * FramesPerAttack);
        Assert.True(lan.TryHonestConnection(isIpv6: false), "an honest host is not served over IPv4");
        Assert.True(lan.TryHonestConnection(isIpv6: true), "an honest host is not served over IPv6");
        lan.CloseAll();
        Assert.Equal(0, lan.Buffers.OutstandingBytes);
        Assert.Equal(0, lan.Target.Tcp.ConnectionCount);
        return answers;
    }

    private static byte[] Forge(byte[][] recorded, Random random)
    {
        if (random.Next(20) == 0)
        {
            return ByteMutator.Noise(random, 2000);
        }

        byte[] frame = [.. recorded[random.Next(recorded.Length)]];
        switch (random.Next(4))
        {
            case 0:
                break;
            case 1:
                Twist(frame, random);
                break;
            default:
                frame = ByteMutator.Mutate(frame, random);
                break;
        }

        if (random.Next(4) != 0)
        {
            ChecksumMender.Mend(frame);
        }

        return frame;
    }

    // Changes what TCP looks at: numbers a little, flags and window at will.
    private static void Twist(byte[] frame, Random random)
    {
        if (frame.Length < EthernetHeader.SizeBytes + Ipv4Header.SizeBytes + 20)
        {
            return;
        }

        int tcp = EthernetHeader.SizeBytes
            + (frame[EthernetHeader.SizeBytes] >> 4 == 6 ? Ipv6Header.SizeBytes : Ipv4Header.SizeBytes);
        if (frame.Length < tcp + 20)
        {
            return;
        }

        Span<byte> header = frame.AsSpan(tcp);
        int reach = 1 << random.Next(20);
        for (int at = 4; at <= 8; at += 4)
        {
            uint number = BinaryPrimitives.ReadUInt32BigEndian(header[at..]);
            uint change = (uint)(random.Next(3) == 0 ? random.Next(-reach, reach) : 0);
            BinaryPrimitives.WriteUInt32BigEndian(header[at..], number + change);
        }

        if (random.Next(2) == 0)
        {
            header[13] = (byte)random.Next(256);
        }

        if (random.Next(4) == 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[14..], (ushort)random.Next(1 << random.Next(17)));
        }
    }

    // The device below is hostile at times, too.
    private static FrameOffload ForgeOffload(Random random) => random.Next(10) != 0
        ? default
        : new FrameOffload
        {
            IsChecksumGood = random.Next(2) == 0,
            IsChecksumPartial = random.Next(4) == 0,
            SegmentBytes = (ushort)random.Next(1 << random.Next(17)),
        };
}
