// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using CsCheck;
using Denali.Hardware.Tests;
using Xunit;

namespace Denali.Net.Tests.Wire;

public sealed class InternetChecksumTests
{
    [Fact]
    public void Fold_ExampleOfRfc1071_IsItsSum() =>
        Assert.Equal(0xDDF2, InternetChecksum.Fold(
            InternetChecksum.Add(0, [0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7])));

    [Fact]
    public void Add_AnyBytes_IsTheSumOfTheDefinition() =>
        Gen.Byte.Array[0, 700].Sample(
            bytes => Assert.Equal(Definition(bytes), InternetChecksum.Fold(InternetChecksum.Add(0, bytes))),
            iter: Iterations.Of(5_000),
            threads: 1);

    [Fact]
    public void Add_LargestFrameOfOnes_LosesNoCarry()
    {
        var bytes = new byte[65_535];
        Array.Fill(bytes, (byte)0xFF);
        Assert.Equal(Definition(bytes), InternetChecksum.Fold(InternetChecksum.Add(0, bytes)));
    }

    [Fact]
    public void AddAtOddOffset_CutAnywhere_IsTheSumOfTheWhole() =>
        Gen.Select(Gen.Byte.Array[1, 300], Gen.Int[0, 300], Gen.Int[0, 300]).Sample(
            (bytes, first, second) =>
            {
                int low = Math.Min(Math.Min(first, second), bytes.Length);
                int high = Math.Min(Math.Max(first, second), bytes.Length);
                uint sum = InternetChecksum.Add(0, bytes.AsSpan(0, low));
                sum = AddAt(sum, low, bytes.AsSpan(low, high - low));
                sum = AddAt(sum, high, bytes.AsSpan(high));
                Assert.Equal(Definition(bytes), InternetChecksum.Fold(sum));
            },
            iter: Iterations.Of(5_000),
            threads: 1);

    [Fact]
    public void Complete_PutIntoTheData_MakesTheSumGood() =>
        Gen.Byte.Array[2, 100].Sample(
            bytes =>
            {
                bytes[0] = 0;
                bytes[1] = 0;
                BinaryPrimitives.WriteUInt16BigEndian(
                    bytes, InternetChecksum.Complete(InternetChecksum.Add(0, bytes)));
                Assert.Equal(InternetChecksum.Good, InternetChecksum.Fold(InternetChecksum.Add(0, bytes)));
            },
            iter: Iterations.Of(2_000),
            threads: 1);

    [Fact]
    public void CompleteUdp_SumOfOnes_IsNotNone()
    {
        Assert.Equal(0, InternetChecksum.Complete(0xFFFF));
        Assert.Equal(0xFFFF, InternetChecksum.CompleteUdp(0xFFFF));
        Assert.Equal(0xFFFE, InternetChecksum.CompleteUdp(1));
    }

    [Fact]
    public void Update_ExampleOfRfc1624_IsZero() =>
        Assert.Equal(0x0000, InternetChecksum.Update(0xDD2F, 0x5555, 0x3285));

    [Fact]
    public void Update_AnyWord_IsWhatSummingAgainGives() =>
        Gen.Select(Gen.Byte.Array[20], Gen.Int[0, 9], Gen.UShort).Sample(
            (bytes, index, word) =>
            {
                // All zero has a sum of its own (RFC 1624 section 3); headers never are.
                bytes[0] = 1;
                index = Math.Max(index, 1);
                ushort before = InternetChecksum.Complete(InternetChecksum.Add(0, bytes));
                ushort old = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(index * 2));
                BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(index * 2), word);
                ushort expected = InternetChecksum.Complete(InternetChecksum.Add(0, bytes));
                Assert.Equal(expected, InternetChecksum.Update(before, old, word));
            },
            iter: Iterations.Of(5_000),
            threads: 1);

    [Fact]
    public void PseudoHeader_Ipv4_IsThatOfRfc768()
    {
        byte[] pseudo = [192, 0, 2, 1, 198, 51, 100, 255, 0, 17, 0xFF, 0xF0];
        uint sum = InternetChecksum.PseudoHeader(
            IpAddress.FromIpv4(0xC0000201), IpAddress.FromIpv4(0xC63364FF), IpProtocol.Udp, 0xFFF0);
        Assert.Equal(Definition(pseudo), InternetChecksum.Fold(sum));
    }

    [Fact]
    public void PseudoHeader_Ipv6_IsThatOfRfc8200()
    {
        byte[] pseudo = new byte[40];
        IpAddress source = new(0x2001_0DB8_FFFF_FFFF, 0xFFFF_0000_1234_5678);
        IpAddress destination = new(0xFE80_0000_0000_0000, 0xABCD_EF01_FFFF_FFFE);
        source.Write(pseudo);
        destination.Write(pseudo.AsSpan(16));
        BinaryPrimitives.WriteUInt32BigEndian(pseudo.AsSpan(32), 0x0001_0203);
        pseudo[39] = 6;
        Assert.Equal(
            Definition(pseudo),
            InternetChecksum.Fold(InternetChecksum.PseudoHeader(source, destination, IpProtocol.Tcp, 0x0001_0203)));
    }

    private static uint AddAt(uint sum, int offset, ReadOnlySpan<byte> bytes) =>
        offset % 2 == 0 ? InternetChecksum.Add(sum, bytes) : InternetChecksum.AddAtOddOffset(sum, bytes);

    /// <summary>The sum, word by word and carry by carry as RFC 1071 defines it.</summary>
    private static ushort Definition(ReadOnlySpan<byte> bytes)
    {
        int sum = 0;
        for (int index = 0; index < bytes.Length; index += 2)
        {
            sum += (bytes[index] << 8) | (index + 1 < bytes.Length ? bytes[index + 1] : 0);
            if (sum > 0xFFFF)
            {
                sum -= 0xFFFF;
            }
        }

        return (ushort)sum;
    }
}
