// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net.Tcp;

/// <summary>
/// The options of a segment that this stack knows: MSS (RFC 9293 section 3.7.1), window scale and timestamps (RFC
/// 7323), SACK (RFC 2018). Others are skipped by their length (RFC 9293 section 3.2, MUST-6).
/// </summary>
public ref struct TcpOptions
{
    /// <summary>Bytes of the timestamps option with the two that align it.</summary>
    public const int TimestampsBytes = 12;

    /// <summary>Most blocks in a SACK option: more do not fit (RFC 2018 section 3).</summary>
    public const int SackBlocksMax = 4;

    /// <summary>Bytes of a SACK block.</summary>
    public const int SackBlockBytes = 8;

    /// <summary>Bytes of a SACK option without its blocks, with the two that align it.</summary>
    public const int SackHeaderBytes = 4;

    /// <summary>Largest shift of a window scale option; larger ones mean this (RFC 7323 section 2.3).</summary>
    public const int WindowScaleMax = 14;

    internal const byte KindEnd = 0;
    internal const byte KindNop = 1;
    internal const byte KindMss = 2;
    internal const byte KindWindowScale = 3;
    internal const byte KindSackPermitted = 4;
    internal const byte KindSack = 5;
    internal const byte KindTimestamps = 8;

    // How nearly every segment's options begin: two no-operations, timestamps, ten bytes (RFC 7323 appendix A).
    private const uint AlignedTimestamps = 0x0101_080A;

    /// <summary>Maximum segment size, or 0 if the option is not there.</summary>
    public ushort Mss;

    /// <summary>Shift of the window scale option, 0 to 14, or -1 if it is not there.</summary>
    public sbyte WindowScale;

    /// <summary>The SACK-permitted option is there.</summary>
    public bool IsSackPermitted;

    /// <summary>The timestamps option is there.</summary>
    public bool HasTimestamps;

    /// <summary>TSval.</summary>
    public uint TimestampValue;

    /// <summary>TSecr.</summary>
    public uint TimestampEcho;

    /// <summary>The blocks of a SACK option, as they stand: pairs of left and right edge.</summary>
    public ReadOnlySpan<byte> SackBlocks;

    /// <summary>Number of SACK blocks.</summary>
    public readonly int SackBlockCount => SackBlocks.Length / SackBlockBytes;

    /// <summary>
    /// Reads options. One whose length cannot be ends the reading; one whose length does not fit its kind is ignored.
    /// </summary>
    /// <param name="options">The bytes between the fixed header and the payload.</param>
    /// <returns>The options that are there.</returns>
    public static TcpOptions Parse(ReadOnlySpan<byte> options)
    {
        TcpOptions result = new() { WindowScale = -1 };
        if (options.Length == TimestampsBytes && BinaryPrimitives.ReadUInt32BigEndian(options) == AlignedTimestamps)
        {
            result.TakeTimestamps(options[4..]);
            return result;
        }

        while (options.Length > 0 && options[0] != KindEnd)
        {
            if (options[0] == KindNop)
            {
                options = options[1..];
                continue;
            }

            if (options.Length < 2 || options[1] < 2 || options[1] > options.Length)
            {
                break;
            }

            int length = options[1];
            result.Take(options[0], options[2..length]);
            options = options[length..];
        }

        return result;
    }

    /// <summary>One block of the SACK option.</summary>
    /// <param name="index">0 to <see cref="SackBlockCount"/> - 1.</param>
    /// <param name="start">First sequence number.</param>
    /// <param name="end">The sequence number after the last.</param>
    public readonly void SackBlock(int index, out uint start, out uint end)
    {
        start = BinaryPrimitives.ReadUInt32BigEndian(SackBlocks[(index * SackBlockBytes)..]);
        end = BinaryPrimitives.ReadUInt32BigEndian(SackBlocks[((index * SackBlockBytes) + 4)..]);
    }

    /// <summary>Writes the timestamps option, aligned (RFC 7323 appendix A).</summary>
    /// <param name="destination">At least <see cref="TimestampsBytes"/>.</param>
    /// <param name="value">TSval.</param>
    /// <param name="echo">TSecr.</param>
    internal static void WriteTimestamps(Span<byte> destination, uint value, uint echo)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, AlignedTimestamps);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], value);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], echo);
    }

    private void Take(byte kind, ReadOnlySpan<byte> body)
    {
        switch (kind)
        {
            case KindMss when body.Length == 2:
                Mss = BinaryPrimitives.ReadUInt16BigEndian(body);
                break;
            case KindWindowScale when body.Length == 1:
                WindowScale = (sbyte)Math.Min(body[0], (byte)WindowScaleMax);
                break;
            case KindSackPermitted when body.Length == 0:
                IsSackPermitted = true;
                break;
            case KindSack when body.Length > 0 && body.Length % SackBlockBytes == 0:
                SackBlocks = body;
                break;
            case KindTimestamps when body.Length == 8:
                TakeTimestamps(body);
                break;
            default:
                break;
        }
    }

    private void TakeTimestamps(ReadOnlySpan<byte> body)
    {
        HasTimestamps = true;
        TimestampValue = BinaryPrimitives.ReadUInt32BigEndian(body);
        TimestampEcho = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
    }
}
