// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Images.Tests;
using Denali.Net.Tests.Support;
using Xunit;

namespace Denali.Net.Tests.Wire;

/// <summary>Hostile packets: whatever the bytes, parsing answers, and what it accepts lies inside the packet.</summary>
public sealed class WireFuzzTests
{
    [Fact]
    public void Parsers_RandomMutations_NeverThrowAndStayInside()
    {
        byte[][] seeds = Seeds();
        int accepted = 0;
        TestSeed.ForEach(100_000, 5_000_000, random =>
            accepted += Probe(ByteMutator.Mutate(seeds[random.Next(seeds.Length)], random)));

        // Mutations that only ever fail would test nothing behind the first check.
        Assert.True(accepted > 10_000, $"only {accepted} mutations were accepted");
    }

    [Fact]
    public void Parsers_RandomBytes_NeverThrow() =>
        TestSeed.ForEach(20_000, 1_000_000, random => Probe(ByteMutator.Noise(random, 200)));

    [Fact]
    public void Parsers_EveryTruncation_NeverThrow()
    {
        foreach (byte[] seed in Seeds())
        {
            for (int length = 0; length <= seed.Length; length++)
            {
                Probe(seed[..length]);
            }
        }
    }

    private static int Probe(byte[] bytes)
    {
        int accepted = 0;
        accepted += EthernetHeader.TryParse(bytes, out _) ? 1 : 0;
        accepted += ArpPacket.TryParse(bytes, out _) ? 1 : 0;
        accepted += IcmpHeader.TryParse(bytes, out _) ? 1 : 0;
        accepted += NeighborSolicitation.TryParse(bytes, out _) ? 1 : 0;
        accepted += NeighborAdvertisement.TryParse(bytes, out _) ? 1 : 0;
        accepted += RouterSolicitation.TryParse(bytes, out _) ? 1 : 0;
        if (RouterAdvertisement.TryParse(bytes, out RouterAdvertisement router))
        {
            accepted++;
            Assert.InRange(router.PrefixCount, 0, PrefixList.Capacity);
        }

        accepted += ProbeIp(bytes);
        if (bytes.Length >= 20)
        {
            // Behind the checksum, too.
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), 0);
            int length = Math.Min(Math.Max((bytes[0] & 0xF) * 4, 20), bytes.Length);
            ushort checksum = InternetChecksum.Complete(InternetChecksum.Add(0, bytes.AsSpan(0, length)));
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), checksum);
            accepted += ProbeIp(bytes);
        }

        return accepted;
    }

    private static int ProbeIp(byte[] bytes)
    {
        int accepted = 0;
        if (Ipv4Header.TryParse(bytes, out Ipv4Header v4))
        {
            accepted++;
            Assert.InRange(v4.HeaderBytes, 20, v4.TotalBytes);
            Assert.InRange(v4.TotalBytes, v4.HeaderBytes, bytes.Length);
        }

        _ = Ipv4Header.TryParseQuoted(bytes, out _);
        if (UdpHeader.TryParse(bytes, out UdpHeader udp))
        {
            accepted++;
            Assert.InRange(udp.LengthBytes, 8, bytes.Length);
        }

        if (Ipv6Header.TryParse(bytes, out Ipv6Header v6))
        {
            accepted++;
            Assert.InRange(v6.PayloadBytes, 0, bytes.Length - 40);
            ReadOnlySpan<byte> payload = bytes.AsSpan(40, v6.PayloadBytes);
            Ipv6Extensions.TryWalk(payload, v6.NextHeader, false, out Ipv6Extensions extensions);
            Assert.InRange(extensions.PayloadOffset, 0, payload.Length);
        }

        Ipv6Extensions.TryWalk(bytes, IpProtocol.DestinationOptions, true, out Ipv6Extensions walked);
        Assert.InRange(walked.PayloadOffset, 0, bytes.Length);
        return accepted;
    }

    private static byte[][] Seeds()
    {
        IpAddress address = new(0xFE80_0000_0000_0000, 1);
        var arp = new byte[ArpPacket.SizeBytes];
        new ArpPacket { Operation = ArpOperation.Request }.Write(arp);
        var v4 = new byte[64];
        new Ipv4Header { TotalBytes = 60 }.Write(v4);
        v4[0] = 0x48;
        byte[] v6 = new byte[40 + 40];
        new Ipv6Header { PayloadBytes = 40, Source = address, Destination = address }.Write(v6);
        byte[] chain = [60, 0, 1, 4, 0, 0, 0, 0, 43, 0, 1, 0, 1, 0, 0, 0, 44, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0];
        chain.CopyTo(v6, 40);
        var solicitation = new byte[32];
        new NeighborSolicitation { Target = address, HasSourceLinkAddress = true }.Write(solicitation);
        var advertisement = new byte[32];
        new NeighborAdvertisement { Target = address, HasTargetLinkAddress = true }.Write(advertisement);
        var router = new byte[RouterAdvertisement.LargestBytes];
        new RouterAdvertisement { HasSourceLinkAddress = true, Mtu = 1500, PrefixCount = 4 }.Write(router);
        byte[] udp = [1, 2, 3, 4, 0, 16, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
        return [arp, v4, v6, chain, solicitation, advertisement, router, udp];
    }
}
