// SPDX-License-Identifier: MIT
using CsCheck;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

public sealed class TcpHeaderTests
{
    [Fact]
    public void Header_Written_IsReadBack()
    {
        TcpHeader header = new()
        {
            SourcePort = 1,
            DestinationPort = 65535,
            Sequence = 0xDEAD_BEEF,
            Acknowledgment = 0x0102_0304,
            HeaderBytes = 24,
            Flags = TcpFlags.Syn | TcpFlags.Cwr,
            Window = 4711,
            Checksum = 0xABCD,
            UrgentPointer = 77,
        };
        byte[] bytes = new byte[24];
        header.Write(bytes);
        Assert.True(TcpHeader.TryParse(bytes, out TcpHeader read));
        Assert.Equal(header, read);
    }

    [Theory]
    [InlineData(19, 0x50)]
    [InlineData(40, 0x40)]
    [InlineData(23, 0x60)]
    [InlineData(59, 0xF0)]
    public void Header_ThatDoesNotFit_IsRefused(int length, byte offset)
    {
        byte[] bytes = new byte[length];
        bytes[12] = offset;
        Assert.False(TcpHeader.TryParse(bytes, out _));
    }

    [Fact]
    public void Options_AnyBytes_AreReadWithoutAnException() =>
        Gen.Byte.Array[0, 40].Sample(bytes =>
        {
            TcpOptions options = TcpOptions.Parse(bytes);
            for (int i = 0; i < options.SackBlockCount; i++)
            {
                options.SackBlock(i, out _, out _);
            }

            return options.WindowScale is >= -1 and <= 14 && options.SackBlockCount <= TcpOptions.SackBlocksMax;
        });

    [Fact]
    public void Options_Unknown_AreSkipped()
    {
        TcpOptions options = TcpOptions.Parse([254, 4, 9, 9, 1, 2, 4, 0x05, 0xB4, 30, 2, 4, 2, 0, 2, 4, 1, 1]);
        Assert.Equal(1460, options.Mss);
        Assert.True(options.IsSackPermitted);
    }

    [Theory]
    [InlineData(new byte[] { 2, 3, 5 })]
    [InlineData(new byte[] { 2, 0, 5, 5 })]
    [InlineData(new byte[] { 2, 1, 5, 5 })]
    [InlineData(new byte[] { 2, 5, 5, 5 })]
    [InlineData(new byte[] { 2 })]
    [InlineData(new byte[] { 2, 6, 5, 5, 5, 5 })]
    public void Options_OfImpossibleLength_AreIgnored(byte[] bytes) => Assert.Equal(0, TcpOptions.Parse(bytes).Mss);
}
