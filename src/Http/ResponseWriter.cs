// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>Writes the head of a response (RFC 9112 section 4), and small pages.</summary>
public ref struct ResponseWriter
{
    private readonly Span<byte> _buffer;
    private int _length;

    /// <summary>Begins at the start of a buffer.</summary>
    /// <param name="buffer">Where the text goes.</param>
    public ResponseWriter(Span<byte> buffer) => _buffer = buffer;

    /// <summary>What was written so far.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    /// <summary>Clears what was written, in the buffer.</summary>
    public readonly void Erase() => _buffer[.._length].Clear();

    /// <summary>Something found no room; what was written is of no use.</summary>
    public bool IsOverfull { get; private set; }

    /// <summary>Writes text.</summary>
    /// <param name="text">The text.</param>
    public void Text(scoped ReadOnlySpan<byte> text)
    {
        if (text.Length > _buffer.Length - _length)
        {
            IsOverfull = true;
            return;
        }

        text.CopyTo(_buffer[_length..]);
        _length += text.Length;
    }

    /// <summary>Writes a number in decimal.</summary>
    /// <param name="value">The number; not negative.</param>
    public void Number(long value)
    {
        Span<byte> digits = stackalloc byte[20];
        int at = digits.Length;
        do
        {
            digits[--at] = (byte)('0' + (value % 10));
            value /= 10;
        }
        while (value != 0);
        Text(digits[at..]);
    }

    /// <summary>Writes a date.</summary>
    /// <param name="unixSeconds">Seconds since 1970.</param>
    public void Date(long unixSeconds)
    {
        Span<byte> date = stackalloc byte[HttpDate.LengthBytes];
        HttpDate.Write(unixSeconds, date);
        Text(date);
    }

    /// <summary>Writes the status line, and the fields that every response has.</summary>
    /// <param name="status">The status.</param>
    /// <param name="nowUnixSeconds">Now, in seconds since 1970.</param>
    /// <param name="isLast">The connection ends after this response.</param>
    public void Start(HttpStatus status, long nowUnixSeconds, bool isLast)
    {
        Text("HTTP/1.1 "u8);
        Number((int)status);
        Text(" "u8);
        Text(StatusText.Of(status));
        Text("\r\nServer: denali\r\nDate: "u8);
        Date(nowUnixSeconds);
        Text(isLast ? "\r\nConnection: close\r\n"u8 : "\r\nConnection: keep-alive\r\n"u8);
    }

    /// <summary>Writes a field.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    public void Field(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        Text(name);
        Text(": "u8);
        Text(value);
        Text("\r\n"u8);
    }

    /// <summary>Writes a field that holds a number.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    public void Field(scoped ReadOnlySpan<byte> name, long value)
    {
        Text(name);
        Text(": "u8);
        Number(value);
        Text("\r\n"u8);
    }

    /// <summary>Writes "Content-Range" (RFC 9110 section 14.4).</summary>
    /// <param name="range">The range that follows.</param>
    /// <param name="sizeBytes">Bytes of the whole.</param>
    public void ContentRange(ByteRange range, long sizeBytes)
    {
        Text("Content-Range: bytes "u8);
        Number(range.First);
        Text("-"u8);
        Number(range.Last);
        Text("/"u8);
        Number(sizeBytes);
        Text("\r\n"u8);
    }

    /// <summary>Ends the head.</summary>
    public void EndHead() => Text("\r\n"u8);

    /// <summary>Writes a path so that it can stand in a URI (RFC 3986 section 3.3).</summary>
    /// <param name="path">The path, decoded.</param>
    public void EncodedPath(scoped ReadOnlySpan<byte> path)
    {
        Span<byte> escaped = stackalloc byte[3];
        escaped[0] = (byte)'%';
        for (int i = 0; i < path.Length; i++)
        {
            byte value = path[i];
            if (IsPathCharacter(value))
            {
                Text(path.Slice(i, 1));
                continue;
            }

            escaped[1] = "0123456789ABCDEF"u8[value >> 4];
            escaped[2] = "0123456789ABCDEF"u8[value & 15];
            Text(escaped);
        }
    }

    // Unreserved characters, the slash, and those of the others that no reader takes for something else.
    private static bool IsPathCharacter(byte value) =>
        value is >= (byte)'a' and <= (byte)'z' or >= (byte)'A' and <= (byte)'Z' or >= (byte)'0' and <= (byte)'9'
            or (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~' or (byte)'/' or (byte)'@' or (byte)':' or (byte)'+'
            or (byte)',' or (byte)'=' or (byte)'!' or (byte)'$' or (byte)'(' or (byte)')' or (byte)'*';
}
