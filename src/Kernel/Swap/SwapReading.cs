// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Denali.Kernel.Swap;

/// <summary>Reads all that was asked for of a device which gives as much at a time as it likes.</summary>
internal static class SwapReading
{
    /// <summary>Reads until all is there, or the device ends.</summary>
    /// <param name="device">The device.</param>
    /// <param name="offset">Where to begin.</param>
    /// <param name="bytes">Gets the bytes.</param>
    /// <returns>How many were read: fewer than asked for only where the device ends.</returns>
    /// <exception cref="IOException">The device refused, or gave nothing although it is longer.</exception>
    internal static int ReadUpTo(this ISwapDevice device, long offset, Span<byte> bytes)
    {
        int filled = 0;
        while (filled < bytes.Length)
        {
            int count = device.Read(offset + filled, bytes[filled..]);
            if (count <= 0)
            {
                return device.Length <= offset + filled
                    ? filled
                    : throw new IOException("the device of the swap file gives nothing");
            }

            filled += count;
        }

        return filled;
    }
}
