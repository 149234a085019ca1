// SPDX-License-Identifier: MIT
using Denali.Kernel.Network;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>The kernel's stack takes no more memory than it may, whatever VMs make it keep.</summary>
public sealed class HostBuffersTests
{
    private const int Bytes = 4096;

    [Fact]
    public void Rent_BeyondTheLimit_GetsNothingUntilSomethingComesBack()
    {
        var buffers = new HostBuffers(3 * Bytes);
        byte[] first = buffers.Rent(2 * Bytes)!;
        byte[] second = buffers.Rent(Bytes)!;

        Assert.Null(buffers.Rent(2048));
        buffers.Return(second);
        Assert.Null(buffers.Rent(2 * Bytes));
        Assert.Same(second, buffers.Rent(Bytes));
        buffers.Return(first);
        Assert.Same(first, buffers.Rent(2 * Bytes));
    }

    [Fact]
    public void Rent_WithinTheLimit_GivesExactSizes()
    {
        var buffers = new HostBuffers();
        for (int bytes = 2048; bytes <= 16 << 20; bytes *= 2)
        {
            Assert.Equal(bytes, buffers.Rent(bytes)!.Length);
        }
    }
}
