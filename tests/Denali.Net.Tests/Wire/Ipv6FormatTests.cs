// SPDX-License-Identifier: MIT
using System;
using CsCheck;
using Denali.Hardware.Tests;
using Xunit;

namespace Denali.Net.Tests.Wire;

/// <summary>The IPv6 header and its extension headers.</summary>
public sealed class Ipv6FormatTests
{
    private static readonly IpAddress s_source = new(0x2001_0DB8_0000_0000, 1);

    [Fact]
    public void TryParse_Bytes_GiveFields()
    {
        byte[] packet = new byte[44];
        packet[0] = 0x6A;
        packet[1] = 0xB1;
        packet[2] = 0x23;
        packet[3] = 0x45;
        packet[5] = 4;
        packet[6] = 17;
        packet[7] = 255;
        s_source.Write(packet.AsSpan(8));
        new IpAddress(0xFF02_0000_0000_0000, 0x1FF).Write(packet.AsSpan(24));
        Assert.True(Ipv6Header.TryParse(packet, out Ipv6Header header));
        Assert.Equal(0xAB, header.TrafficClass);
        Assert.Equal(0x12345u, header.FlowLabel);
        Assert.Equal(4, header.PayloadBytes);
        Assert.Equal(IpProtocol.Udp, header.NextHeader);
        Assert.Equal(255, header.HopLimit);
        Assert.Equal(s_source, header.Source);
        Assert.True(header.Destination.IsMulticast);
        Assert.False(Ipv6Header.TryParse(packet.AsSpan(0, 43), out _));
        Assert.True(Ipv6Header.TryParseQuoted(packet.AsSpan(0, 40), out _));
        Assert.False(Ipv6Header.TryParseQuoted(packet.AsSpan(0, 39), out _));
        packet[0] = 0x4A;
        Assert.False(Ipv6Header.TryParse(packet, out _));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(24)]
    public void TryParse_Ipv4MappedAddress_IsRefused(int at)
    {
        byte[] packet = new byte[40];
        new Ipv6Header { Source = s_source, Destination = s_source }.Write(packet);
        Assert.True(Ipv6Header.TryParse(packet, out _));
        packet.AsSpan(at, 16).Clear();
        packet[at + 10] = 0xFF;
        packet[at + 11] = 0xFF;
        packet[at + 15] = 1;
        Assert.False(Ipv6Header.TryParse(packet, out _));
    }

    [Fact]
    public void Write_AnyFields_ParseToTheSame() =>
        Gen.Select(Gen.Int[0, 1000], Gen.Byte, Gen.UInt[0, 0xF_FFFF], Gen.Byte, Gen.ULong, Gen.ULong[1, ulong.MaxValue])
            .Sample(
                (payload, trafficClass, label, next, low, high) =>
                {
                    Ipv6Header header = new()
                    {
                        PayloadBytes = payload,
                        TrafficClass = trafficClass,
                        FlowLabel = label,
                        NextHeader = (IpProtocol)next,
                        HopLimit = (byte)low,
                        Source = new IpAddress(high, low),
                        Destination = new IpAddress(high, ~low),
                    };
                    var packet = new byte[40 + payload];
                    header.Write(packet);
                    Assert.True(Ipv6Header.TryParse(packet, out Ipv6Header parsed));
                    Assert.Equal(header, parsed);
                },
                iter: Iterations.Of(1_000),
                threads: 1);

    [Fact]
    public void Fragment_WrittenAndParsed_IsTheSame()
    {
        Ipv6FragmentHeader header = new()
        {
            NextHeader = IpProtocol.Tcp,
            OffsetBytes = 0xFFF8,
            MoreFragments = true,
            Identification = 0xDEADBEEF,
        };
        var bytes = new byte[8];
        header.Write(bytes);
        Assert.Equal([6, 0, 0xFF, 0xF9, 0xDE, 0xAD, 0xBE, 0xEF], bytes);
        Assert.True(Ipv6FragmentHeader.TryParse(bytes, out Ipv6FragmentHeader parsed));
        Assert.Equal(header, parsed);
        Assert.False(parsed.IsAtomic);
        Assert.False(Ipv6FragmentHeader.TryParse(bytes.AsSpan(0, 7), out _));
    }

    [Fact]
    public void TryWalk_NoExtensions_IsTheTransport()
    {
        Assert.True(Ipv6Extensions.TryWalk([1, 2], IpProtocol.Tcp, false, out Ipv6Extensions found));
        Assert.Equal(IpProtocol.Tcp, found.Protocol);
        Assert.Equal(0, found.PayloadOffset);
        Assert.Equal(6, found.ProtocolPointer);
    }

    [Fact]
    public void TryWalk_AllKinds_FindsTheTransport()
    {
        byte[] payload =
        [
            60, 0, 1, 4, 0, 0, 0, 0, // hop-by-hop: PadN
            43, 1, 0, 0, 0, 0, 0, 0, 0x1E, 6, 0, 0, 0, 0, 0, 0, // destination options: Pad1s, an option to be skipped
            44, 0, 0, 0, 0, 0, 0, 0, // routing type 0, journey over
            17, 0, 0, 0, 0, 0, 0, 7, // atomic fragment
            9, 9,
        ];
        Assert.True(Ipv6Extensions.TryWalk(payload, IpProtocol.HopByHop, false, out Ipv6Extensions found));
        Assert.Equal(Ipv6ExtensionVerdict.Transport, found.Verdict);
        Assert.Equal(IpProtocol.Udp, found.Protocol);
        Assert.Equal(40, found.PayloadOffset);
        Assert.Equal(40 + 32, found.ProtocolPointer);
        Assert.True(found.Fragment.IsAtomic);
    }

    [Fact]
    public void TryWalk_Fragment_StopsAfterItsHeader()
    {
        byte[] payload = [6, 0, 0, 1, 0, 0, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8];
        Assert.False(Ipv6Extensions.TryWalk(payload, IpProtocol.Fragment, false, out Ipv6Extensions found));
        Assert.Equal(Ipv6ExtensionVerdict.Fragment, found.Verdict);
        Assert.Equal(8, found.PayloadOffset);
        Assert.Equal(7u, found.Fragment.Identification);
        Assert.True(found.Fragment.MoreFragments);
        Assert.Equal(IpProtocol.Tcp, found.Fragment.NextHeader);
    }

    [Fact]
    public void TryWalk_RoutingHeaderWithJourneyLeft_IsAProblemAtItsType()
    {
        byte[] payload = [6, 2, 0, 1, 0, 0, 0, 0, .. new byte[16]];
        Assert.False(Ipv6Extensions.TryWalk(payload, IpProtocol.Routing, false, out Ipv6Extensions found));
        Assert.Equal(Ipv6ExtensionVerdict.ParameterProblem, found.Verdict);
        Assert.Equal(Icmpv6ParameterCode.ErroneousField, found.ProblemCode);
        Assert.Equal(42, found.ProblemPointer);
    }

    [Theory]
    [InlineData(0x42, Ipv6ExtensionVerdict.Drop)]
    [InlineData(0x82, Ipv6ExtensionVerdict.ParameterProblem)]
    [InlineData(0xC2, Ipv6ExtensionVerdict.ParameterProblemUnlessMulticast)]
    public void TryWalk_UnknownOption_IsTreatedAsItsTypeSays(byte type, Ipv6ExtensionVerdict expected)
    {
        byte[] payload = [6, 0, 0, type, 0, 0, 0, 0];
        Assert.False(Ipv6Extensions.TryWalk(payload, IpProtocol.DestinationOptions, false, out Ipv6Extensions found));
        Assert.Equal(expected, found.Verdict);
        Assert.Equal(Icmpv6ParameterCode.UnrecognizedOption, found.ProblemCode);
        Assert.Equal(43, found.ProblemPointer);
    }

    [Fact]
    public void TryWalk_HopByHopNotFirst_IsAProblemAtTheNextHeader()
    {
        byte[] payload = [0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
        Assert.False(Ipv6Extensions.TryWalk(payload, IpProtocol.DestinationOptions, false, out Ipv6Extensions found));
        Assert.Equal(Ipv6ExtensionVerdict.ParameterProblem, found.Verdict);
        Assert.Equal(Icmpv6ParameterCode.UnrecognizedNextHeader, found.ProblemCode);
        Assert.Equal(40, found.ProblemPointer);
    }

    [Theory]
    [InlineData(IpProtocol.DestinationOptions, new byte[] { 6, 0, 0, 0, 0, 0, 0 })] // cut off
    [InlineData(IpProtocol.DestinationOptions, new byte[] { 6, 1, 0, 0, 0, 0, 0, 0 })]
    [InlineData(IpProtocol.DestinationOptions, new byte[] { 6, 0, 1, 5, 0, 0, 0, 0 })] // option beyond the header
    [InlineData(IpProtocol.DestinationOptions, new byte[] { 6, 0, 0, 0, 0, 0, 0, 1 })] // option without length
    [InlineData(IpProtocol.Routing, new byte[] { 6, 255, 0, 0, 0, 0, 0, 0 })]
    [InlineData(IpProtocol.Fragment, new byte[] { 6, 0, 0, 0 })]
    [InlineData(IpProtocol.HopByHop, new byte[] { })]
    public void TryWalk_Malformed_IsDropped(IpProtocol first, byte[] payload)
    {
        Assert.False(Ipv6Extensions.TryWalk(payload, first, false, out Ipv6Extensions found));
        Assert.Equal(Ipv6ExtensionVerdict.Drop, found.Verdict);
    }

    [Fact]
    public void TryWalk_Reassembled_RefusesFragmentsAndHopByHop()
    {
        byte[] payload = [6, 0, 0, 0, 0, 0, 0, 0];
        Assert.False(Ipv6Extensions.TryWalk(payload, IpProtocol.Fragment, true, out Ipv6Extensions found));
        Assert.Equal(Ipv6ExtensionVerdict.Drop, found.Verdict);
        Assert.False(Ipv6Extensions.TryWalk(payload, IpProtocol.HopByHop, true, out found));
        Assert.Equal(Icmpv6ParameterCode.UnrecognizedNextHeader, found.ProblemCode);
        Assert.True(Ipv6Extensions.TryWalk(payload, IpProtocol.DestinationOptions, true, out _));
    }

    [Fact]
    public void TryWalk_MoreHeadersThanAllowed_IsDropped()
    {
        byte[] payload = new byte[8 * Ipv6Extensions.MaximumHeaders];
        for (int at = 0; at < payload.Length; at += 8)
        {
            payload[at] = 60;
        }

        payload[^8] = 6;
        Assert.False(Ipv6Extensions.TryWalk(payload, IpProtocol.DestinationOptions, false, out Ipv6Extensions found));
        Assert.Equal(Ipv6ExtensionVerdict.Drop, found.Verdict);
        payload[^16] = 6;
        Assert.True(Ipv6Extensions.TryWalk(payload, IpProtocol.DestinationOptions, false, out _));
    }
}
