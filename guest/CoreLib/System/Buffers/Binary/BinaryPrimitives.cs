// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace System.Buffers.Binary;

/// <summary>Numbers in a given byte order. Reads and writes panic if the span is too short.</summary>
public static class BinaryPrimitives
{
    /// <summary>Turns the order of the bytes round.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The number with its bytes turned round.</returns>
    [Intrinsic]
    public static ushort ReverseEndianness(ushort value) => ReverseEndianness(value);

    /// <summary>Turns the order of the bytes round.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The number with its bytes turned round.</returns>
    public static short ReverseEndianness(short value) => unchecked((short)ReverseEndianness((ushort)value));

    /// <summary>Turns the order of the bytes round.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The number with its bytes turned round.</returns>
    [Intrinsic]
    public static uint ReverseEndianness(uint value) => ReverseEndianness(value);

    /// <summary>Turns the order of the bytes round.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The number with its bytes turned round.</returns>
    public static int ReverseEndianness(int value) => unchecked((int)ReverseEndianness((uint)value));

    /// <summary>Turns the order of the bytes round.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The number with its bytes turned round.</returns>
    [Intrinsic]
    public static ulong ReverseEndianness(ulong value) => ReverseEndianness(value);

    /// <summary>Turns the order of the bytes round.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The number with its bytes turned round.</returns>
    public static long ReverseEndianness(long value) => unchecked((long)ReverseEndianness((ulong)value));

    /// <summary>Reads a number, highest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <returns>The number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort ReadUInt16BigEndian(ReadOnlySpan<byte> source) =>
        ReverseEndianness(MemoryMarshal.Read<ushort>(source));

    /// <summary>Reads a number, highest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="value">The number.</param>
    /// <returns>Whether the span is long enough.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadUInt16BigEndian(ReadOnlySpan<byte> source, out ushort value)
    {
        bool fits = MemoryMarshal.TryRead(source, out ushort raw);
        value = ReverseEndianness(raw);
        return fits;
    }

    /// <summary>Writes a number, highest byte first.</summary>
    /// <param name="destination">The bytes.</param>
    /// <param name="value">The number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteUInt16BigEndian(Span<byte> destination, ushort value) =>
        MemoryMarshal.Write(destination, ReverseEndianness(value));

    /// <summary>Reads a number, lowest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <returns>The number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort ReadUInt16LittleEndian(ReadOnlySpan<byte> source) => MemoryMarshal.Read<ushort>(source);

    /// <summary>Reads a number, lowest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="value">The number.</param>
    /// <returns>Whether the span is long enough.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadUInt16LittleEndian(ReadOnlySpan<byte> source, out ushort value)
    {
        bool fits = MemoryMarshal.TryRead(source, out ushort raw);
        value = raw;
        return fits;
    }

    /// <summary>Writes a number, lowest byte first.</summary>
    /// <param name="destination">The bytes.</param>
    /// <param name="value">The number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteUInt16LittleEndian(Span<byte> destination, ushort value) =>
        MemoryMarshal.Write(destination, value);

    /// <summary>Reads a number, highest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <returns>The number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static short ReadInt16BigEndian(ReadOnlySpan<byte> source) =>
        ReverseEndianness(MemoryMarshal.Read<short>(source));

    /// <summary>Reads a number, highest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="value">The number.</param>
    /// <returns>Whether the span is long enough.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadInt16BigEndian(ReadOnlySpan<byte> source, out short value)
    {
        bool fits = MemoryMarshal.TryRead(source, out short raw);
        value = ReverseEndianness(raw);
        return fits;
    }

    /// <summary>Writes a number, highest byte first.</summary>
    /// <param name="destination">The bytes.</param>
    /// <param name="value">The number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteInt16BigEndian(Span<byte> destination, short value) =>
        MemoryMarshal.Write(destination, ReverseEndianness(value));

    /// <summary>Reads a number, lowest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <returns>The number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static short ReadInt16LittleEndian(ReadOnlySpan<byte> source) => MemoryMarshal.Read<short>(source);

    /// <summary>Reads a number, lowest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="value">The number.</param>
    /// <returns>Whether the span is long enough.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadInt16LittleEndian(ReadOnlySpan<byte> source, out short value)
    {
        bool fits = MemoryMarshal.TryRead(source, out short raw);
        value = raw;
        return fits;
    }

    /// <summary>Writes a number, lowest byte first.</summary>
    /// <param name="destination">The bytes.</param>
    /// <param name="value">The number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteInt16LittleEndian(Span<byte> destination, short value) =>
        MemoryMarshal.Write(destination, value);

    /// <summary>Reads a number, highest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <returns>The number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ReadUInt32BigEndian(ReadOnlySpan<byte> source) =>
        ReverseEndianness(MemoryMarshal.Read<uint>(source));

    /// <summary>Reads a number, highest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="value">The number.</param>
    /// <returns>Whether the span is long enough.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadUInt32BigEndian(ReadOnlySpan<byte> source, out uint value)
    {
        bool fits = MemoryMarshal.TryRead(source, out uint raw);
        value = ReverseEndianness(raw);
        return fits;
    }

    /// <summary>Writes a number, highest byte first.</summary>
    /// <param name="destination">The bytes.</param>
    /// <param name="value">The number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteUInt32BigEndian(Span<byte> destination, uint value) =>
        MemoryMarshal.Write(destination, ReverseEndianness(value));

    /// <summary>Reads a number, lowest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <returns>The number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ReadUInt32LittleEndian(ReadOnlySpan<byte> source) => MemoryMarshal.Read<uint>(source);

    /// <summary>Reads a number, lowest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="value">The number.</param>
    /// <returns>Whether the span is long enough.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadUInt32LittleEndian(ReadOnlySpan<byte> source, out uint value)
    {
        bool fits = MemoryMarshal.TryRead(source, out uint raw);
        value = raw;
        return fits;
    }

    /// <summary>Writes a number, lowest byte first.</summary>
    /// <param name="destination">The bytes.</param>
    /// <param name="value">The number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteUInt32LittleEndian(Span<byte> destination, uint value) =>
        MemoryMarshal.Write(destination, value);

    /// <summary>Reads a number, highest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <returns>The number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ReadInt32BigEndian(ReadOnlySpan<byte> source) =>
        ReverseEndianness(MemoryMarshal.Read<int>(source));

    /// <summary>Reads a number, highest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="value">The number.</param>
    /// <returns>Whether the span is long enough.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadInt32BigEndian(ReadOnlySpan<byte> source, out int value)
    {
        bool fits = MemoryMarshal.TryRead(source, out int raw);
        value = ReverseEndianness(raw);
        return fits;
    }

    /// <summary>Writes a number, highest byte first.</summary>
    /// <param name="destination">The bytes.</param>
    /// <param name="value">The number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteInt32BigEndian(Span<byte> destination, int value) =>
        MemoryMarshal.Write(destination, ReverseEndianness(value));

    /// <summary>Reads a number, lowest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <returns>The number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ReadInt32LittleEndian(ReadOnlySpan<byte> source) => MemoryMarshal.Read<int>(source);

    /// <summary>Reads a number, lowest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="value">The number.</param>
    /// <returns>Whether the span is long enough.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadInt32LittleEndian(ReadOnlySpan<byte> source, out int value)
    {
        bool fits = MemoryMarshal.TryRead(source, out int raw);
        value = raw;
        return fits;
    }

    /// <summary>Writes a number, lowest byte first.</summary>
    /// <param name="destination">The bytes.</param>
    /// <param name="value">The number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteInt32LittleEndian(Span<byte> destination, int value) =>
        MemoryMarshal.Write(destination, value);

    /// <summary>Reads a number, highest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <returns>The number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadUInt64BigEndian(ReadOnlySpan<byte> source) =>
        ReverseEndianness(MemoryMarshal.Read<ulong>(source));

    /// <summary>Reads a number, highest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="value">The number.</param>
    /// <returns>Whether the span is long enough.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadUInt64BigEndian(ReadOnlySpan<byte> source, out ulong value)
    {
        bool fits = MemoryMarshal.TryRead(source, out ulong raw);
        value = ReverseEndianness(raw);
        return fits;
    }

    /// <summary>Writes a number, highest byte first.</summary>
    /// <param name="destination">The bytes.</param>
    /// <param name="value">The number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteUInt64BigEndian(Span<byte> destination, ulong value) =>
        MemoryMarshal.Write(destination, ReverseEndianness(value));

    /// <summary>Reads a number, lowest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <returns>The number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReadUInt64LittleEndian(ReadOnlySpan<byte> source) => MemoryMarshal.Read<ulong>(source);

    /// <summary>Reads a number, lowest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="value">The number.</param>
    /// <returns>Whether the span is long enough.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadUInt64LittleEndian(ReadOnlySpan<byte> source, out ulong value)
    {
        bool fits = MemoryMarshal.TryRead(source, out ulong raw);
        value = raw;
        return fits;
    }

    /// <summary>Writes a number, lowest byte first.</summary>
    /// <param name="destination">The bytes.</param>
    /// <param name="value">The number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteUInt64LittleEndian(Span<byte> destination, ulong value) =>
        MemoryMarshal.Write(destination, value);

    /// <summary>Reads a number, highest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <returns>The number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long ReadInt64BigEndian(ReadOnlySpan<byte> source) =>
        ReverseEndianness(MemoryMarshal.Read<long>(source));

    /// <summary>Reads a number, highest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="value">The number.</param>
    /// <returns>Whether the span is long enough.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadInt64BigEndian(ReadOnlySpan<byte> source, out long value)
    {
        bool fits = MemoryMarshal.TryRead(source, out long raw);
        value = ReverseEndianness(raw);
        return fits;
    }

    /// <summary>Writes a number, highest byte first.</summary>
    /// <param name="destination">The bytes.</param>
    /// <param name="value">The number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteInt64BigEndian(Span<byte> destination, long value) =>
        MemoryMarshal.Write(destination, ReverseEndianness(value));

    /// <summary>Reads a number, lowest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <returns>The number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long ReadInt64LittleEndian(ReadOnlySpan<byte> source) => MemoryMarshal.Read<long>(source);

    /// <summary>Reads a number, lowest byte first.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="value">The number.</param>
    /// <returns>Whether the span is long enough.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryReadInt64LittleEndian(ReadOnlySpan<byte> source, out long value)
    {
        bool fits = MemoryMarshal.TryRead(source, out long raw);
        value = raw;
        return fits;
    }

    /// <summary>Writes a number, lowest byte first.</summary>
    /// <param name="destination">The bytes.</param>
    /// <param name="value">The number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteInt64LittleEndian(Span<byte> destination, long value) =>
        MemoryMarshal.Write(destination, value);
}
