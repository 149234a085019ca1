// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>Finds the end of a request's content, which this server does not use (RFC 9112 sections 6, 7.1).</summary>
public struct ContentSkipper
{
    // A chunk's size with its extensions, or a trailer line: nobody needs more.
    private const int LineBytesMax = 1024;

    // Sixty bits: what is longer overflows.
    private const int SizeDigitsMax = 15;

    private Part _part;
    private bool _sawCarriageReturn;
    private int _lineBytes;
    private int _sizeDigits;
    private long _left;
    private long _total;

    private enum Part : byte
    {
        Done,
        Plain,
        Size,
        Extension,
        Chunk,
        ChunkEnd,
        Trailer,
    }

    /// <summary>Whether the content is over.</summary>
    public readonly bool IsDone => _part == Part.Done;

    /// <summary>Begins with what follows a head.</summary>
    /// <param name="head">The head.</param>
    /// <returns>The skipper; it is done at once if there is no content.</returns>
    public static ContentSkipper For(in RequestHead head) => new()
    {
        _part = head.IsChunked ? Part.Size : head.ContentBytes > 0 ? Part.Plain : Part.Done,
        _left = head.IsChunked ? 0 : head.ContentBytes,
    };

    /// <summary>Skips bytes.</summary>
    /// <param name="data">What came.</param>
    /// <param name="taken">How many of them belong to the content.</param>
    /// <returns>Complete if the content is over; bad if its framing is, or if it is more than the limit.</returns>
    public ParseOutcome Skip(ReadOnlySpan<byte> data, out int taken)
    {
        taken = 0;
        while (_part != Part.Done && taken < data.Length)
        {
            if (_part is Part.Plain or Part.Chunk)
            {
                int count = (int)Math.Min(_left, data.Length - taken);
                _left -= count;
                taken += count;
                _total += count;
                if (_left == 0)
                {
                    _part = _part == Part.Plain ? Part.Done : Part.ChunkEnd;
                }
            }
            else
            {
                _total++;
                if (!TakeFraming(data[taken++]))
                {
                    return ParseOutcome.Bad;
                }
            }

            if (_total > HttpLimits.SkippedContentBytesMax)
            {
                return ParseOutcome.Bad;
            }
        }

        return IsDone ? ParseOutcome.Complete : ParseOutcome.Incomplete;
    }

    private bool TakeFraming(byte value)
    {
        if (++_lineBytes > LineBytesMax)
        {
            return false;
        }

        if (_sawCarriageReturn)
        {
            _sawCarriageReturn = false;
            return value == (byte)'\n' && EndLine();
        }

        if (value == (byte)'\r')
        {
            _sawCarriageReturn = true;
            return true;
        }

        return value != (byte)'\n' && TakeCharacter(value);
    }

    private bool TakeCharacter(byte value)
    {
        switch (_part)
        {
            case Part.Size:
                int digit = ByteText.HexValue(value);
                if (digit >= 0)
                {
                    _left = (_left << 4) + digit;
                    return ++_sizeDigits <= SizeDigitsMax;
                }

                _part = Part.Extension;
                return _sizeDigits > 0 && value is (byte)';' or (byte)' ' or (byte)'\t';

            case Part.Extension or Part.Trailer:
                return value is >= (byte)' ' and not 127 or (byte)'\t';

            default:
                return false;
        }
    }

    private bool EndLine()
    {
        int lineBytes = _lineBytes;
        _lineBytes = 0;
        switch (_part)
        {
            case Part.Size or Part.Extension:
                bool hasSize = _sizeDigits > 0;
                _sizeDigits = 0;
                _part = _left == 0 ? Part.Trailer : Part.Chunk;
                return hasSize;

            case Part.ChunkEnd:
                _part = Part.Size;
                return lineBytes == 2;

            default:
                if (lineBytes == 2)
                {
                    _part = Part.Done;
                }

                return true;
        }
    }
}
