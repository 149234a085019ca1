// SPDX-License-Identifier: MIT
using System;
using Denali.Files;
using Denali.Http;
using Ilwaco;

/// <summary>The stream of the connection that is running.</summary>
/// <remarks>
/// What is small is collected, so that heads and small files go out together, many pipelined responses in one frame.
/// What the socket has no room for is kept, and nothing more is taken until it is gone. Large pieces of files are not
/// copied: they go out of the page cache, in one frame with what was collected before them.
/// </remarks>
internal sealed class WebTransport : IHttpTransport
{
    private const int CollectedBytes = 65_536;

    // Larger pieces of files are sent where they lie. A frame has two of them at most, so small ones are copied.
    private const int SmallBytes = 16_384;

    private readonly byte[] _seen = new byte[HttpLimits.HeadBytesMax];
    private readonly byte[] _collected = new byte[CollectedBytes];
    private WebConnection _connection = null!;
    private int _collectedLength;
    private int _seenLength;

    /// <inheritdoc/>
    public bool IsReceiveEnded => _connection.IsReceiveEnded;

    /// <inheritdoc/>
    public bool IsBroken => _connection.IsBroken;

    /// <inheritdoc/>
    public int SendRoomBytes
    {
        get
        {
            if (_collectedLength > CollectedBytes - HttpLimits.ResponseHeadBytesMax)
            {
                Flush();
            }

            return _connection.Unsent is null ? CollectedBytes - _collectedLength : 0;
        }
    }

    /// <summary>Begins to run a connection: sends what was left.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="sendLimitBytes">Most bytes that its socket is to take before they are acknowledged.</param>
    internal void Begin(WebConnection connection, int sendLimitBytes)
    {
        _connection = connection;
        if (connection.SendLimitBytes != sendLimitBytes)
        {
            connection.SendLimitBytes = sendLimitBytes;
            _ = Posix.SetSocketOption(connection.Descriptor, SocketOption.SendBuffer, sendLimitBytes);
        }

        byte[]? unsent = connection.Unsent;
        if (unsent is null)
        {
            return;
        }

        connection.UnsentTaken += Math.Max(TrySend(unsent.AsSpan(connection.UnsentTaken)), 0);
        if (connection.UnsentTaken == unsent.Length || connection.IsBroken)
        {
            DropUnsent(connection);
            if (connection.EndsWhenSent)
            {
                _ = Posix.Shutdown(connection.Descriptor, ShutdownHow.Write);
            }
        }
    }

    /// <summary>Ends running a connection: what was collected goes.</summary>
    /// <remarks>Nothing stays in the buffers: a VM that idles is kept as what differs from its template.</remarks>
    internal void End()
    {
        Flush();
        _seen.AsSpan(0, _seenLength).Clear();
        _seenLength = 0;
    }

    /// <summary>Gives back what a connection keeps.</summary>
    internal static void DropUnsent(WebConnection connection)
    {
        if (connection.Unsent is not null)
        {
            Heap.Free(connection.Unsent);
            connection.Unsent = null;
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Peek()
    {
        int length = Posix.Receive(_connection.Descriptor, _seen, MessageFlags.Peek | MessageFlags.DontWait);
        if (length <= 0)
        {
            // Nothing more, or an error: both end the stream. Only "try again" does not.
            _connection.IsReceiveEnded |= length != -(int)Errno.EAGAIN;
            return default;
        }

        _seenLength = Math.Max(_seenLength, length);
        return _seen.AsSpan(0, length);
    }

    /// <inheritdoc/>
    public void Take(int count)
    {
        while (count > 0)
        {
            int taken = Posix.Receive(
                _connection.Descriptor, _seen.AsSpan(0, Math.Min(count, _seen.Length)), MessageFlags.DontWait);
            if (taken <= 0)
            {
                return;
            }

            _seenLength = Math.Max(_seenLength, taken);
            count -= taken;
        }
    }

    /// <inheritdoc/>
    public void Send(ReadOnlySpan<byte> data)
    {
        data.CopyTo(_collected.AsSpan(_collectedLength));
        _collectedLength += data.Length;
    }

    /// <inheritdoc/>
    public long SendFile(int handle, long offset, long count)
    {
        long sent = 0;
        while (sent < count && SendRoomBytes != 0)
        {
            int wanted = (int)Math.Min(count - sent, CollectedBytes);
            int taken = SendPiece(handle, offset + sent, wanted);
            if (taken <= 0)
            {
                return taken < 0 ? -1 : sent;
            }

            sent += taken;
        }

        return sent;
    }

    /// <inheritdoc/>
    public void EndSend()
    {
        Flush();
        if (_connection.Unsent is null)
        {
            _ = Posix.Shutdown(_connection.Descriptor, ShutdownHow.Write);
        }
        else
        {
            _connection.EndsWhenSent = true;
        }
    }

    /// <summary>Sends or collects a piece of a file.</summary>
    /// <returns>Bytes taken, 0 if there is no room now, negative if the file cannot be read.</returns>
    private int SendPiece(int handle, long offset, int wanted)
    {
        int length = FileSystem.Hold(handle, offset, wanted, out HeldBytes held);
        if (length == -(int)Errno.ENOBUFS)
        {
            // Slow visitors hold as much as may be held.
            return CollectRead(handle, offset, wanted);
        }

        if (length <= 0)
        {
            return -1;
        }

        int taken;
        if (length <= SmallBytes)
        {
            taken = Math.Min(length, SendRoomBytes);
            Send(FileSystem.Bytes(held)[..taken]);
        }
        else
        {
            Flush(MessageFlags.More);
            taken = _connection.Unsent is null && !_connection.IsBroken
                ? Check(FileSystem.Send(_connection.Descriptor, ref held))
                : 0;
        }

        FileSystem.Release(ref held);
        return Math.Max(taken, 0);
    }

    private int CollectRead(int handle, long offset, int wanted)
    {
        int length = Posix.PRead(handle, _collected.AsSpan(_collectedLength, Math.Min(wanted, SendRoomBytes)), offset);
        _collectedLength += Math.Max(length, 0);
        return length == 0 ? -1 : length;
    }

    private void Flush(MessageFlags flags = MessageFlags.None)
    {
        if (_collectedLength == 0)
        {
            return;
        }

        Span<byte> collected = _collected.AsSpan(0, _collectedLength);
        _collectedLength = 0;
        int sent = TrySend(collected, flags);
        if (sent < collected.Length && !_connection.IsBroken)
        {
            _connection.Unsent = collected[Math.Max(sent, 0)..].ToArray();
            _connection.UnsentTaken = 0;
        }

        collected.Clear();
    }

    private int TrySend(ReadOnlySpan<byte> data, MessageFlags flags = MessageFlags.None) =>
        Check(Posix.Send(_connection.Descriptor, data, flags | MessageFlags.DontWait));

    private int Check(int sent)
    {
        _connection.IsBroken |= sent < 0 && sent != -(int)Errno.EAGAIN;
        return sent;
    }
}
