// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.IO;
using System.Threading;
using Denali.Linux;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// Writes frames into a capture file that Wireshark reads. Workers put copies into rings; a thread of its own writes
/// them out, so that no frame ever waits for a disk: what a ring has no room for is counted and missing in the file.
/// </summary>
/// <remarks>
/// <para>The format is pcap with nanoseconds (draft-ietf-opsawg-pcap), link type Ethernet. Frames are written as they
/// went through the switch, so a large one is one; checksums that a sender left to the link are completed.</para>
/// <para>Disposing writes what is there and closes the file.</para>
/// </remarks>
public sealed class CaptureWriter : IDisposable
{
    /// <summary>Bytes of the file's header.</summary>
    internal const int FileHeaderBytes = 24;

    /// <summary>Bytes of a frame's header.</summary>
    internal const int RecordHeaderBytes = 16;

    private const uint MagicOfNanoseconds = 0xA1B2_3C4D;
    private const uint SnapLength = 262_144;
    private const uint LinkTypeEthernet = 1;
    private const ulong NsPerSecond = 1_000_000_000;

    /// <summary>Memory per worker, of which only what is used is touched: two looks of a busy switch.</summary>
    private const int RingBytes = 16 * 1024 * 1024;

    private const int FileBufferBytes = 1024 * 1024;

    /// <summary>How often the rings are looked at. Nobody wakes the thread, so that capturing costs a copy.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    private readonly FrameRing?[] _rings;
    private readonly Stream _file;
    private readonly string? _newPath;
    private readonly HostClock _clock;
    private readonly long _wallOffsetNs;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Action _onStop;
    private readonly byte[] _record = new byte[RecordHeaderBytes + FramePool.LargeBytes];
    private long _dropped;
    private string? _error;

    internal CaptureWriter(
        Stream file, ulong machineId, HostClock clock, int workerCount, Action onStop, string? newPath = null)
    {
        _newPath = newPath;
        MachineId = machineId;
        _file = file;
        _clock = clock;
        _onStop = onStop;
        _wallOffsetNs = clock.WallClockOffsetNs();
        _rings = new FrameRing?[workerCount];
        WriteFileHeader();
        _thread = new Thread(Run) { Name = "denali-capture", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The VM whose frames are captured, 0 for all.</summary>
    public ulong MachineId { get; }

    /// <summary>Frames that are missing in the file, because the disk was too slow or full.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>The clock of the captured frames' times.</summary>
    internal ulong NowNs => _clock.NowNs;

    /// <summary>Why nothing is written any more, or null.</summary>
    public string? Error => Volatile.Read(ref _error);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_stop.IsSet)
        {
            _onStop();
            _stop.Set();
            _thread.Join();
        }
    }

    /// <summary>
    /// Ends a capture of which nothing came, and removes its file, unless that was there before: then it is empty.
    /// </summary>
    public void Discard()
    {
        Dispose();
        if (_newPath is not null)
        {
            File.Delete(_newPath);
        }
    }

    /// <summary>Opens a file for a capture.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isNew">Whether it was not there before.</param>
    /// <exception cref="KernelException">It cannot be written; the message says why.</exception>
    internal static FileStream OpenFile(string path, out bool isNew)
    {
        try
        {
            isNew = !Path.Exists(path);
            return new FileStream(
                path,
                isNew ? FileMode.CreateNew : FileMode.Create,
                FileAccess.Write,
                FileShare.Read,
                FileBufferBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            throw new KernelException(
                $"the capture file '{path}' cannot be written: {e.Message.TrimEnd('.')}; choose another place", e);
        }
    }

    /// <summary>Puts a frame in. Called by a worker.</summary>
    /// <param name="worker">Its index.</param>
    /// <param name="source">The frame.</param>
    /// <param name="offload">What travels beside it.</param>
    /// <param name="timeNs">When it went through the switch; of a worker's frames, none before the last one.</param>
    internal void Add<TSource>(int worker, in TSource source, in FrameOffload offload, ulong timeNs)
        where TSource : struct, IFrameSource, allows ref struct
    {
        FrameRing ring = _rings[worker] ?? Create(worker);
        var frame = new RingFrame { LengthBytes = source.LengthBytes, TimeNs = timeNs, Offload = offload };
        if (!ring.TryPush(frame, source))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    private FrameRing Create(int worker)
    {
        var ring = new FrameRing(RingBytes);
        Volatile.Write(ref _rings[worker], ring);
        return ring;
    }

    private void Run()
    {
        bool isLast;
        ulong lastLookNs = 0;
        do
        {
            isLast = _stop.Wait(s_pause);
            ulong lookNs = _clock.NowNs;
            try
            {
                WriteUntil(isLast ? ulong.MaxValue : lastLookNs);
                _file.Flush();
            }
            catch (IOException e)
            {
                Volatile.Write(ref _error, e.Message.TrimEnd('.'));
            }

            lastLookNs = lookNs;
        }
        while (!isLast);
        Close();
    }

    /// <summary>
    /// Writes what went through the switch before a time, the oldest first. That time is the last look's: meanwhile
    /// every worker has put in what it had passed on, so that an answer does not stand before its question.
    /// </summary>
    private void WriteUntil(ulong endNs)
    {
        while (Oldest(endNs) is { } ring)
        {
            _ = ring.TryPeek(out RingFrame frame, out ReadOnlySpan<byte> bytes);
            Span<byte> copy = _record.AsSpan(RecordHeaderBytes, bytes.Length);
            bytes.CopyTo(copy);
            ring.Release(frame);
            if (_error is not null)
            {
                Interlocked.Increment(ref _dropped);
                continue;
            }

            SoftwareChecksum.Complete(copy, frame.Offload);
            ulong wallNs = frame.TimeNs + (ulong)_wallOffsetNs;
            BinaryPrimitives.WriteUInt32LittleEndian(_record, (uint)(wallNs / NsPerSecond));
            BinaryPrimitives.WriteUInt32LittleEndian(_record.AsSpan(4), (uint)(wallNs % NsPerSecond));
            BinaryPrimitives.WriteInt32LittleEndian(_record.AsSpan(8), bytes.Length);
            BinaryPrimitives.WriteInt32LittleEndian(_record.AsSpan(12), bytes.Length);
            _file.Write(_record, 0, RecordHeaderBytes + bytes.Length);
        }
    }

    private FrameRing? Oldest(ulong endNs)
    {
        FrameRing? oldest = null;
        ulong oldestNs = endNs;
        for (int i = 0; i < _rings.Length; i++)
        {
            FrameRing? ring = Volatile.Read(ref _rings[i]);
            if (ring is not null && ring.TryPeek(out RingFrame frame, out _) && frame.TimeNs < oldestNs)
            {
                oldest = ring;
                oldestNs = frame.TimeNs;
            }
        }

        return oldest;
    }

    private void WriteFileHeader()
    {
        Span<byte> header = stackalloc byte[FileHeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(header, MagicOfNanoseconds);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        header[8..16].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], SnapLength);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], LinkTypeEthernet);
        _file.Write(header);
    }

    private void Close()
    {
        try
        {
            _file.Dispose();
        }
        catch (IOException e)
        {
            Volatile.Write(ref _error, e.Message.TrimEnd('.'));
        }
    }
}
