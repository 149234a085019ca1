// SPDX-License-Identifier: MIT
using Denali.Net;

/// <summary>A few buffers of the smallest size, and how many are out.</summary>
internal sealed class GuestBuffers : BufferAllocator
{
    private readonly byte[]?[] _free = new byte[]?[8];

    internal int Outstanding { get; private set; }

    public override byte[]? Rent(int bytes)
    {
        Outstanding++;
        for (int index = 0; index < _free.Length; index++)
        {
            if (_free[index] is { } buffer && buffer.Length == bytes)
            {
                _free[index] = null;
                return buffer;
            }
        }

        return new byte[bytes];
    }

    public override void Return(byte[] buffer)
    {
        Outstanding--;
        for (int index = 0; index < _free.Length; index++)
        {
            if (_free[index] is null)
            {
                _free[index] = buffer;
                return;
            }
        }
    }
}
