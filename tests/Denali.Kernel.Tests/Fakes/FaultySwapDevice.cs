// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Threading;
using Denali.Kernel.Swap;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>A swap device in memory, which a test lets fail, and which outlives the kernels that use it.</summary>
internal sealed class FaultySwapDevice : ISwapDevice
{
    private const int PageBytes = 4096;

    private readonly Lock _lock = new();
    private readonly System.Collections.Generic.Dictionary<long, byte[]> _pages = [];
    private long _length;

    /// <summary>Called before each read, with its place; may throw, or wait.</summary>
    internal Action<long> BeforeRead { get; set; } = _ => { };

    /// <summary>Called before each write, with its place and length; says how much of it is written. If that is less,
    /// the device refuses after it.</summary>
    internal Func<long, int, int> BeforeWrite { get; set; } = (_, length) => length;

    /// <summary>Called after each write, with its place; says whether the device tells of it, or refuses.</summary>
    internal Func<long, bool> AfterWrite { get; set; } = _ => true;

    /// <summary>Most bytes that a read gives.</summary>
    internal int ReadMax { get; set; } = int.MaxValue;

    /// <summary>Reads so far.</summary>
    internal int Reads => Volatile.Read(ref _reads);

    /// <summary>Bytes written so far.</summary>
    internal long WrittenBytes => Volatile.Read(ref _written);

    public long Length
    {
        get
        {
            lock (_lock)
            {
                return _length;
            }
        }
    }

    private int _reads;
    private long _written;

    public int Read(long offset, Span<byte> bytes)
    {
        BeforeRead(offset);
        Interlocked.Increment(ref _reads);
        lock (_lock)
        {
            int count = (int)Math.Clamp(_length - offset, 0, Math.Min(bytes.Length, ReadMax));
            for (int at = 0; at < count; at++)
            {
                bytes[at] = _pages.TryGetValue((offset + at) / PageBytes, out byte[]? page)
                    ? page[(offset + at) % PageBytes]
                    : (byte)0;
            }

            return count;
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        int count = BeforeWrite(offset, bytes.Length);
        lock (_lock)
        {
            for (int at = 0; at < count; at++)
            {
                Poke(offset + at, bytes[at]);
            }

            _length = Math.Max(_length, offset + count);
        }

        Interlocked.Add(ref _written, count);
        if (count < bytes.Length || !AfterWrite(offset))
        {
            throw new IOException("no space left on the device");
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _pages.Clear();
            _length = 0;
        }
    }

    /// <summary>Cuts off what lies behind a length.</summary>
    internal void Truncate(long length)
    {
        lock (_lock)
        {
            for (long at = length; at < _length; at++)
            {
                Poke(at, 0);
            }

            _length = Math.Min(_length, length);
        }
    }

    public void Flush()
    {
    }

    public void Dispose()
    {
    }

    /// <summary>A device with what is in this one now.</summary>
    internal FaultySwapDevice Copy()
    {
        var copy = new FaultySwapDevice();
        lock (_lock)
        {
            foreach ((long number, byte[] page) in _pages)
            {
                copy._pages.Add(number, [.. page]);
            }

            copy._length = _length;
        }

        return copy;
    }

    /// <summary>Damages a byte.</summary>
    internal void Flip(long offset)
    {
        lock (_lock)
        {
            Span<byte> one = stackalloc byte[1];
            one[0] = _pages.TryGetValue(offset / PageBytes, out byte[]? page) ? page[offset % PageBytes] : (byte)0;
            Poke(offset, (byte)(one[0] ^ 0x10));
        }
    }

    private void Poke(long offset, byte value)
    {
        if (!_pages.TryGetValue(offset / PageBytes, out byte[]? page))
        {
            page = new byte[PageBytes];
            _pages.Add(offset / PageBytes, page);
        }

        page[offset % PageBytes] = value;
    }
}
