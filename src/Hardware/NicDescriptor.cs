// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Denali.Hardware;

/// <summary>An entry of the NIC's transmit or receive ring. The guest produces, the kernel consumes in order.</summary>
/// <remarks>
/// Transmit: a frame, or a part of one, to send. Receive: an empty buffer; the kernel writes the length and the flags
/// back into the entry before it moves the consumer index past it.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
public struct NicDescriptor
{
    /// <summary>Size of the structure in bytes.</summary>
    public const int SizeOf = 32;

    /// <summary>Longest frame in bytes, on the virtual LAN and in either ring.</summary>
    public const uint FrameMaxBytes = 65536;

    /// <summary>OUT: address of the buffer.</summary>
    [FieldOffset(0)] public ulong Address;

    /// <summary>OUT: bytes in the buffer. IN (receive): bytes of the frame.</summary>
    [FieldOffset(8)] public uint LengthBytes;

    /// <summary>IN/OUT: <see cref="NicFlags"/>.</summary>
    [FieldOffset(12)] public NicFlags Flags;

    /// <summary>IN/OUT: where the checksum to be completed begins to sum.</summary>
    [FieldOffset(16)] public ushort ChecksumStart;

    /// <summary>IN/OUT: where, from <see cref="ChecksumStart"/>, the checksum is stored.</summary>
    [FieldOffset(18)] public ushort ChecksumOffset;

    /// <summary>IN/OUT: payload bytes per segment of a large TCP frame, 0 if it is not to be cut.</summary>
    [FieldOffset(20)] public ushort SegmentBytes;

    /// <summary>IN/OUT: bytes of headers to repeat before each segment.</summary>
    [FieldOffset(22)] public ushort HeaderBytes;

    /// <summary>The guest's own; the kernel never looks at it.</summary>
    [FieldOffset(24)] public ulong Tag;
}
