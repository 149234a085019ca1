// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.IO.Hashing;

namespace Denali.Kernel.Swap;

/// <summary>
/// Goes through the runs of a record in order, in large pieces. Each thread has one of its own, and uses it again and
/// again.
/// </summary>
internal sealed class SwapStream
{
    // Large enough for the device, and for any record of a small service to be one piece.
    private const int BufferBytes = 256 * 1024;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly SwapRun[] _runs = new SwapRun[SwapRecord.RunMax];
    private ISwapDevice _device = null!;
    private int _runCount;
    private int _run;
    private long _runAt;
    private int _at;
    private int _filled;

    /// <summary>The runs, for who knows them.</summary>
    internal Span<SwapRun> Runs => _runs;

    /// <summary>Adds up the bytes of a record.</summary>
    internal XxHash3 Hash { get; } = new();

    /// <summary>The sum, which then begins anew.</summary>
    internal ulong TakeHash()
    {
        ulong sum = Hash.GetCurrentHashAsUInt64();
        Hash.Reset();
        return sum;
    }

    /// <summary>Begins to write.</summary>
    internal void BeginWrite(ISwapDevice device, int runCount) => Begin(device, runCount, 0, 0);

    /// <summary>Reads the first bytes of a record whose runs are not known yet.</summary>
    /// <param name="device">The device.</param>
    /// <param name="block">The record's first block.</param>
    /// <param name="bytes">Length of the record.</param>
    /// <returns>What was read, a block at least.</returns>
    /// <exception cref="EndOfStreamException">The device ends before.</exception>
    /// <exception cref="IOException">The device refused.</exception>
    internal ReadOnlySpan<byte> Peek(ISwapDevice device, uint block, long bytes)
    {
        int wanted = (int)Math.Min(SwapLayout.BlocksOf(bytes) * SwapLayout.BlockBytes, BufferBytes);
        _filled = device.ReadUpTo(SwapLayout.OffsetOf(block), _buffer.AsSpan(0, wanted));
        return _filled >= SwapLayout.BlockBytes
            ? _buffer.AsSpan(0, _filled)
            : throw new EndOfStreamException("the swap file ends within a record");
    }

    /// <summary>Begins to read behind the head that <see cref="Peek"/> has read, now that the runs are known.</summary>
    /// <param name="device">The device.</param>
    /// <param name="runCount">How many of <see cref="Runs"/> there are.</param>
    /// <param name="headBytes">Bytes to leave out, no more than a block's.</param>
    internal void BeginRead(ISwapDevice device, int runCount, int headBytes)
    {
        long own = Math.Min(_filled, (long)_runs[0].Count * SwapLayout.BlockBytes);
        Begin(device, runCount, headBytes, (int)own);
        _runAt = own;
    }

    /// <summary>Writes bytes. They may reach the device only with <see cref="EndWrite"/>.</summary>
    /// <exception cref="IOException">The device refused.</exception>
    internal void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, BufferBytes - _at);
            bytes[..count].CopyTo(_buffer.AsSpan(_at));
            bytes = bytes[count..];
            _at += count;
            if (_at == BufferBytes)
            {
                FlushBuffer();
            }
        }
    }

    /// <summary>Writes what is left, and zeros up to the end of its block.</summary>
    /// <exception cref="IOException">The device refused.</exception>
    internal void EndWrite()
    {
        int rest = _at % SwapLayout.BlockBytes;
        if (rest != 0)
        {
            _buffer.AsSpan(_at, SwapLayout.BlockBytes - rest).Clear();
            _at += SwapLayout.BlockBytes - rest;
        }

        FlushBuffer();
    }

    /// <summary>Reads bytes.</summary>
    /// <exception cref="EndOfStreamException">The record is shorter, or the device ends within it.</exception>
    /// <exception cref="IOException">The device refused.</exception>
    internal void Read(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_at == _filled)
            {
                FillBuffer();
            }

            int count = Math.Min(bytes.Length, _filled - _at);
            _buffer.AsSpan(_at, count).CopyTo(bytes);
            bytes = bytes[count..];
            _at += count;
        }
    }

    private void Begin(ISwapDevice device, int runCount, int at, int filled)
    {
        _device = device;
        _runCount = runCount;
        _run = 0;
        _runAt = 0;
        _at = at;
        _filled = filled;
    }

    /// <summary>How much lies in a row at the current place, at most as much as asked for.</summary>
    private int NextPiece(int wanted, out long offset)
    {
        while (_run < _runCount && _runAt == (long)_runs[_run].Count * SwapLayout.BlockBytes)
        {
            _run++;
            _runAt = 0;
        }

        if (_run == _runCount)
        {
            throw new EndOfStreamException("a record in the swap file is longer than its blocks");
        }

        offset = SwapLayout.OffsetOf(_runs[_run].First) + _runAt;
        int count = (int)Math.Min(wanted, ((long)_runs[_run].Count * SwapLayout.BlockBytes) - _runAt);
        _runAt += count;
        return count;
    }

    private void FlushBuffer()
    {
        for (int done = 0; done < _at;)
        {
            int count = NextPiece(_at - done, out long offset);
            _device.Write(offset, _buffer.AsSpan(done, count));
            done += count;
        }

        _at = 0;
    }

    private void FillBuffer()
    {
        int count = NextPiece(BufferBytes, out long offset);
        _filled = _device.ReadUpTo(offset, _buffer.AsSpan(0, count));
        _at = 0;
        if (_filled < count)
        {
            throw new EndOfStreamException("the swap file ends within a record");
        }
    }
}
