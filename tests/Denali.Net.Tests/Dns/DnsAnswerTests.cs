// SPDX-License-Identifier: MIT
using System;
using Denali.Images.Tests;
using Denali.Net.Tests.Support;
using Xunit;

namespace Denali.Net.Tests.Dns;

public sealed class DnsAnswerTests
{
    private static readonly byte[] s_name = DnsMessageBuilder.Name("www.example");

    /// <summary>A pointer to the question.</summary>
    private static readonly byte[] s_pointer = [0xC0, 12];

    [Fact]
    public void Write_Question_HasTheFormOfRfc1035AndRfc6891()
    {
        var message = new byte[DnsQuestion.LongestBytes];
        int length = DnsQuestion.Write(message, 0x1234, s_name, DnsRecordType.Aaaa, hasOptions: true);
        byte[] expected =
        [
            0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 1,
            .. s_name, 0, 28, 0, 1,
            0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0,
        ];
        Assert.Equal(expected, message[..length]);
        length = DnsQuestion.Write(message, 0x1234, s_name, DnsRecordType.A, hasOptions: false);
        Assert.Equal(12 + s_name.Length + 4, length);
        Assert.Equal(0, message[11]);
    }

    [Fact]
    public void Matches_OtherQuestion_IsNot()
    {
        byte[] response = DnsMessageBuilder.ResponseTo(Query()).Build();
        Assert.True(Matches(response, "www.example", DnsRecordType.A));
        Assert.False(Matches(response, "www.exampl", DnsRecordType.A));
        Assert.False(Matches(response, "www.example", DnsRecordType.Aaaa));
        Assert.False(Matches(response[..^1], "www.example", DnsRecordType.A));
        response[5] = 2;
        Assert.False(Matches(response, "www.example", DnsRecordType.A));
    }

    [Fact]
    public void TryRead_Addresses_AreThoseOfTheName()
    {
        byte[] message = DnsMessageBuilder.ResponseTo(Query())
            .Answer(s_pointer, DnsRecordType.A, 300, [10, 0, 0, 1])
            .Answer(DnsMessageBuilder.Name("evil.example"), DnsRecordType.A, 1, [6, 6, 6, 6])
            .Answer(DnsMessageBuilder.Name("WWW.example"), DnsRecordType.A, 200, [10, 0, 0, 2])
            .Answer(s_pointer, DnsRecordType.Aaaa, 100, new byte[16])
            .Build();
        Assert.True(TryRead(message, out DnsAnswer answer, out _));
        Assert.Equal(2, answer.Count);
        Assert.Equal(IpAddress.FromIpv4(0x0A000001), answer.Addresses[0]);
        Assert.Equal(IpAddress.FromIpv4(0x0A000002), answer.Addresses[1]);
        Assert.Equal(200u, answer.TtlSeconds);
    }

    [Fact]
    public void TryRead_AliasesInAnyOrder_AreFollowed()
    {
        byte[] middle = DnsMessageBuilder.Name("b.example");
        byte[] end = DnsMessageBuilder.Name("c.example");
        byte[] message = DnsMessageBuilder.ResponseTo(Query())
            .Answer(end, DnsRecordType.A, 300, [10, 0, 0, 1])
            .Answer(middle, DnsRecordType.CName, 20, end)
            .Answer(s_pointer, DnsRecordType.CName, 30, middle)
            .Build();
        Assert.True(TryRead(message, out DnsAnswer answer, out string name));
        Assert.Equal(1, answer.Count);
        Assert.Equal(2, answer.Aliases);
        Assert.Equal(20u, answer.TtlSeconds);
        Assert.Equal(Convert.ToHexString(end), name);
    }

    [Fact]
    public void TryRead_AliasesInACircle_AreRefused()
    {
        byte[] other = DnsMessageBuilder.Name("b.example");
        byte[] message = DnsMessageBuilder.ResponseTo(Query())
            .Answer(s_pointer, DnsRecordType.CName, 30, other)
            .Answer(other, DnsRecordType.CName, 30, s_name)
            .Build();
        Assert.False(TryRead(message, out _, out _));
    }

    [Theory]
    [InlineData(DnsAnswer.MaximumAliases, true)]
    [InlineData(DnsAnswer.MaximumAliases + 1, false)]
    public void TryRead_LongChainOfAliases_IsFollowedUpToALimit(int aliases, bool expected)
    {
        DnsMessageBuilder builder = DnsMessageBuilder.ResponseTo(Query());
        byte[] name = s_name;
        for (int index = 0; index < aliases; index++)
        {
            byte[] next = DnsMessageBuilder.Name($"n{index}.example");
            builder.Answer(name, DnsRecordType.CName, 30, next);
            name = next;
        }

        byte[] message = builder.Answer(name, DnsRecordType.A, 30, [10, 0, 0, 1]).Build();
        Assert.Equal(expected, TryRead(message, out DnsAnswer answer, out _) && answer.Count == 1);
    }

    [Fact]
    public void TryRead_MoreAddressesThanAreKept_KeepsEight()
    {
        DnsMessageBuilder builder = DnsMessageBuilder.ResponseTo(Query());
        for (byte index = 0; index < 12; index++)
        {
            builder.Answer(s_pointer, DnsRecordType.A, 300, [10, 0, 0, index]);
        }

        Assert.True(TryRead(builder.Build(), out DnsAnswer answer, out _));
        Assert.Equal(DnsAddressList.Capacity, answer.Count);
        Assert.Equal(IpAddress.FromIpv4(0x0A000007), answer.Addresses[7]);
    }

    [Theory]
    [InlineData(500u, 60u, 60u)]
    [InlineData(40u, 60u, 40u)]
    [InlineData(0x8000_0001u, 60u, 0u)] // RFC 2181 section 8
    public void TryRead_NothingThere_TellsForHowLong(uint ttl, uint minimum, uint expected)
    {
        byte[] message = DnsMessageBuilder.ResponseTo(Query(), code: 3)
            .Authority(DnsMessageBuilder.Name("example"), DnsRecordType.Soa, ttl, DnsMessageBuilder.Soa(minimum))
            .Build();
        Assert.True(TryRead(message, out DnsAnswer answer, out _));
        Assert.Equal(0, answer.Count);
        Assert.Equal(expected, answer.TtlSeconds);
    }

    [Fact]
    public void TryRead_AddressOfWrongLengthOrCutRecord_IsRefused()
    {
        byte[] message =
            DnsMessageBuilder.ResponseTo(Query()).Answer(s_pointer, DnsRecordType.A, 1, [1, 2, 3]).Build();
        Assert.False(TryRead(message, out _, out _));
        message =
            DnsMessageBuilder.ResponseTo(Query()).Answer(s_pointer, DnsRecordType.A, 1, [1, 2, 3, 4]).Build();
        Assert.True(TryRead(message, out _, out _));
        Assert.False(TryRead(message[..^1], out _, out _));
        message[7] = 2;
        Assert.False(TryRead(message, out _, out _));
    }

    [Fact]
    public void TryRead_RandomMutations_NeverThrowsAndKeepsItsBounds()
    {
        byte[] middle = DnsMessageBuilder.Name("b.example");
        byte[] seed = DnsMessageBuilder.ResponseTo(Query())
            .Answer(s_pointer, DnsRecordType.CName, 30, middle)
            .Answer(middle, DnsRecordType.A, 300, [10, 0, 0, 1])
            .Answer([0xC0, 40], DnsRecordType.A, 300, [10, 0, 0, 1])
            .Authority(s_pointer, DnsRecordType.Soa, 1, DnsMessageBuilder.Soa(60))
            .Build();
        int accepted = 0;
        TestSeed.ForEach(100_000, 5_000_000, random =>
        {
            byte[] message = random.Next(10) == 0 ? ByteMutator.Noise(random, 400) : ByteMutator.Mutate(seed, random);
            var name = new byte[DnsName.LongestBytes];
            s_name.CopyTo(name, 0);
            int length = s_name.Length;
            if (DnsHeader.TryParse(message, out DnsHeader header)
                && DnsQuestion.Matches(message, header, s_name, DnsRecordType.A, out int next)
                && DnsAnswer.TryRead(message, header, next, name, ref length, DnsRecordType.A, out DnsAnswer answer))
            {
                accepted++;
                Assert.InRange(answer.Count, 0, DnsAddressList.Capacity);
                Assert.InRange(answer.Aliases, 0, DnsAnswer.MaximumAliases);
                Assert.InRange(length, 1, DnsName.LongestBytes);
            }

            int offset = random.Next(message.Length + 1);
            _ = DnsName.TryRead(message, offset, name, out _, out _);
            _ = DnsRecord.TryParse(message, offset, name, out _, out _);
        });
        Assert.True(accepted > 10_000, $"only {accepted} mutations were accepted");
    }

    private static byte[] Query()
    {
        var message = new byte[DnsQuestion.LongestBytes];
        return message[..DnsQuestion.Write(message, 0x1234, s_name, DnsRecordType.A, hasOptions: true)];
    }

    private static bool Matches(byte[] message, string name, DnsRecordType type) =>
        DnsHeader.TryParse(message, out DnsHeader header)
        && DnsQuestion.Matches(message, header, DnsMessageBuilder.Name(name), type, out _);

    private static bool TryRead(byte[] message, out DnsAnswer answer, out string name)
    {
        var bytes = new byte[DnsName.LongestBytes];
        s_name.CopyTo(bytes, 0);
        int length = s_name.Length;
        Assert.True(DnsHeader.TryParse(message, out DnsHeader header));
        Assert.True(DnsQuestion.Matches(message, header, s_name, DnsRecordType.A, out int next));
        bool isRead = DnsAnswer.TryRead(message, header, next, bytes, ref length, DnsRecordType.A, out answer);
        name = Convert.ToHexString(bytes.AsSpan(0, length));
        return isRead;
    }
}
