// SPDX-License-Identifier: MIT
namespace System;

/// <summary>Copying bytes.</summary>
public static unsafe class Buffer
{
    /// <summary>Copies bytes; the places may overlap.</summary>
    /// <param name="source">Where to read.</param>
    /// <param name="destination">Where to write.</param>
    /// <param name="destinationSizeInBytes">Room at the destination.</param>
    /// <param name="sourceBytesToCopy">The number of bytes; panics if there is no room.</param>
    public static void MemoryCopy(
        void* source, void* destination, ulong destinationSizeInBytes, ulong sourceBytesToCopy)
    {
        if (sourceBytesToCopy > destinationSizeInBytes)
        {
            ThrowHelper.ThrowDestinationTooShort();
        }

        SpanHelpers.Memmove(ref *(byte*)destination, ref *(byte*)source, (nuint)sourceBytesToCopy);
    }

    // ILC calls it to copy structures that hold references; without a collector that is an ordinary copy.
    internal static void BulkMoveWithWriteBarrier(ref byte destination, ref byte source, nuint byteCount) =>
        SpanHelpers.Memmove(ref destination, ref source, byteCount);
}
