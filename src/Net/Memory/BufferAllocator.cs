// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>
/// Where the stack's buffers come from. They are taken when data is there and given back when it is gone, so that an
/// idle connection holds none.
/// </summary>
/// <remarks>Used by one stack, so by one thread at a time.</remarks>
public abstract class BufferAllocator
{
    /// <summary>Smallest buffer that the stack asks for.</summary>
    public const int SmallestBytes = 2048;

    /// <summary>Largest buffer that the stack asks for.</summary>
    public const int LargestBytes = 16 * 1024 * 1024;

    /// <summary>Takes a buffer. What is in it is left from earlier use.</summary>
    /// <param name="bytes">A power of two from <see cref="SmallestBytes"/> to <see cref="LargestBytes"/>.</param>
    /// <returns>An array of exactly that length, or null if there is no memory for it.</returns>
    public abstract byte[]? Rent(int bytes);

    /// <summary>Gives a buffer back.</summary>
    /// <param name="buffer">What <see cref="Rent"/> returned, once.</param>
    public abstract void Return(byte[] buffer);

    /// <summary>A connection needs bytes no more that it sent without copying.</summary>
    /// <param name="lent">What was lent, once.</param>
    public virtual void Return(in LentBytes lent) => lent.Lender!.Return(lent);
}
