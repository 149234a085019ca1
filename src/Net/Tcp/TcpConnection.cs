// SPDX-License-Identifier: MIT
using System;
using System.Numerics;

namespace Denali.Net.Tcp;

/// <summary>A TCP connection (RFC 9293).</summary>
/// <remarks>
/// <para>Whoever got it from <see cref="TcpLayer.Connect"/>, <see cref="TcpListener.Accept"/> or
/// <see cref="TcpSynVerdict.Hold"/> owns it until <see cref="Release"/>; the object is used again after that.</para>
/// <para>Members only change state and mark the connection; segments go out in the next <see cref="TcpLayer.Poll"/>.
/// Only a reset goes out at once.</para>
/// <para>It holds buffers only for bytes that are there.</para>
/// </remarks>
public sealed partial class TcpConnection
{
    private readonly TcpLayer _layer;
    private IpEndpoint _local;
    private IpEndpoint _remote;
    private TcpState _state;
    private NetError _error;
    private bool _isOwned;
    private SendBuffer _sendBuffer;
    private ReceiveBuffer _receiveBuffer;

    internal TcpConnection(TcpLayer layer) => _layer = layer;

    /// <summary>Our end.</summary>
    public ref readonly IpEndpoint Local => ref _local;

    /// <summary>The peer's end.</summary>
    public ref readonly IpEndpoint Remote => ref _remote;

    /// <summary>The state.</summary>
    public TcpState State => _state;

    /// <summary>Why the connection ended; None as long as it has not, and if both sides closed it in peace.</summary>
    public NetError Error => _error;

    /// <summary>Whom to tell what happens.</summary>
    public ITcpEvents? Events { get; set; }

    /// <summary>Whatever the owner wants to find again in its events.</summary>
    public object? Owner { get; set; }

    /// <summary>A number of the owner's, as <see cref="Owner"/>.</summary>
    public nint Tag { get; set; }

    /// <summary>Bytes that can be read now.</summary>
    public int ReadableBytes => _receiveBuffer.Readable;

    /// <summary>Everything that the peer sent, to its end, has been read, or nothing more can come.</summary>
    public bool IsReceiveEnded => _receiveBuffer.Readable == 0 && (_isPeerEnded || IsOver);

    /// <summary>Bytes that <see cref="Send"/> would take now, if there is memory.</summary>
    public int WritableBytes => CanSend ? _sendBuffer.Room(SendLimit) : 0;

    /// <summary>Bytes sent and not acknowledged, or not sent yet.</summary>
    public int UnacknowledgedBytes => _sendBuffer.Length;

    /// <summary>The peer has ended its direction, and nothing is missing before that end: whatever becomes of the
    /// connection afterwards, what was received is whole.</summary>
    public bool IsPeerEnded => _isPeerEnded;

    /// <summary>The first bytes that can be read, in place; fewer than all where the buffer wraps. Take them with
    /// <see cref="Consume"/>; valid until then or until the next call into the layer.</summary>
    public ReadOnlySpan<byte> ReceiveSpan => _receiveBuffer.First;

    /// <summary>Bytes of buffers that the connection holds now.</summary>
    public int HeldBytes => _sendBuffer.HeldBytes + _receiveBuffer.HeldBytes;

    /// <summary>It is closed, or lives on only as a record of TIME-WAIT.</summary>
    internal bool IsOver => _state is TcpState.Closed or TcpState.TimeWait;

    internal bool IsOwned => _isOwned;

    private bool CanSend => !_isSendShut
        && _state is TcpState.SynSent or TcpState.SynReceived or TcpState.Established or TcpState.CloseWait;

    // Twice the congestion window keeps it full while acknowledgments are on their way.
    private int SendLimit => (int)Math.Min(
        (uint)_sendLimit, BitOperations.RoundUpToPowerOf2(Math.Max(2 * Math.Min(_cwnd, 1U << 28), SendLimitFirst)));

    /// <summary>Takes bytes to send.</summary>
    /// <param name="data">The bytes.</param>
    /// <returns>
    /// How many were taken. If not all, there is no room now, and <see cref="ITcpEvents.OnWritable"/> comes when there
    /// is; or the connection cannot send any more.
    /// </returns>
    public int Send(ReadOnlySpan<byte> data)
    {
        if (!CanSend)
        {
            return 0;
        }

        int limit = SendLimit;
        int taken = _sendBuffer.Append(data, limit, _ranges.Head is not null, _sndNxt, _layer.Buffers);
        OnAppended(taken, data.Length);
        return taken;
    }

    /// <summary>
    /// Takes bytes to send without copying them: segments are made of them where they lie, also when they have to be
    /// sent again, and they go back to their lender when the peer has acknowledged them or the connection ends.
    /// </summary>
    /// <param name="lent">The bytes. Worth it from a segment of offloading on; short pieces make short frames.</param>
    /// <returns>
    /// How many were taken, from the first on. If any were, the connection returns all of <paramref name="lent"/>, and
    /// who wants to send the rest lends it anew; if none, they are still the caller's. See <see cref="Send"/> for what
    /// else that says.
    /// </returns>
    public int SendLent(in LentBytes lent)
    {
        if (!CanSend || lent.Length <= 0)
        {
            return 0;
        }

        int taken = _sendBuffer.Append(lent, SendLimit, _layer.Pieces);
        OnAppended(taken, lent.Length);
        return taken;
    }

    /// <summary>Takes bytes that came.</summary>
    /// <param name="destination">Where they go.</param>
    /// <returns>How many; 0 if there are none, see <see cref="IsReceiveEnded"/>.</returns>
    public int Receive(Span<byte> destination)
    {
        int count = _receiveBuffer.Peek(0, destination);
        Consume(count);
        return count;
    }

    /// <summary>Copies bytes that came, without taking them.</summary>
    /// <param name="offset">How many to skip.</param>
    /// <param name="destination">Where they go.</param>
    /// <returns>How many.</returns>
    public int ReceivePeek(int offset, Span<byte> destination) =>
        offset < 0 ? 0 : _receiveBuffer.Peek(offset, destination);

    /// <summary>Drops bytes that came.</summary>
    /// <param name="count">How many; at most <see cref="ReadableBytes"/> are dropped.</param>
    public void Consume(int count)
    {
        count = Math.Min(count, _receiveBuffer.Readable);
        if (count <= 0)
        {
            return;
        }

        _receiveBuffer.Discard(count, _gaps is not null, _layer.Buffers);
        if (!IsOver)
        {
            OnConsumed((uint)count);
        }
    }

    /// <summary>Ends our direction: a FIN follows what was given to <see cref="Send"/>.</summary>
    public void ShutdownSend()
    {
        if (!CanSend)
        {
            return;
        }

        _isSendShut = true;
        if (_state is TcpState.Established or TcpState.CloseWait)
        {
            _state = _state == TcpState.Established ? TcpState.FinWait1 : TcpState.LastAck;
            Mark();
        }
    }

    /// <summary>
    /// Ends both directions. What was sent still goes to the peer, unless <see cref="LingerNs"/> says otherwise. If
    /// bytes are unread, or more come, the peer gets a reset (RFC 2525 section 2.17, RFC 9293 section 3.6.1).
    /// </summary>
    public void Close()
    {
        if (IsOver || _isOrphan)
        {
            return;
        }

        if (_state == TcpState.SynSent)
        {
            End(NetError.Aborted);
        }
        else if (_receiveBuffer.Readable > 0 || LingerNs == 0 || _isHeld)
        {
            Abort();
        }
        else
        {
            ShutdownSend();
            _isOrphan = true;
            _closedNs = _layer.NowNs;
            ulong limit = Math.Min(LingerNs, _layer.Settings.OrphanTimeoutNs);
            _lifetimeNs = _closedNs + limit;
            Schedule();
        }
    }

    /// <summary>Ends the connection at once and tells the peer by a reset (RFC 9293 section 3.10.5).</summary>
    public void Abort()
    {
        if (IsOver)
        {
            return;
        }

        if (_state != TcpState.SynSent)
        {
            SendReset();
        }

        End(NetError.Aborted);
    }

    /// <summary>Lets a connection answer its SYN that <see cref="TcpSynVerdict.Hold"/> kept waiting.</summary>
    public void Proceed()
    {
        if (_isHeld)
        {
            _isHeld = false;
            _isSynPending = true;
            _lifetimeNs = _layer.NowNs + _layer.Settings.SynReceivedTimeoutNs;
            Mark();
            Schedule();
        }
    }

    /// <summary>Gives the object back. Closes the connection if that has not happened. It must not be used
    /// again.</summary>
    public void Release()
    {
        if (!_isOwned)
        {
            return;
        }

        Events = null;
        Owner = null;
        Close();
        _isOwned = false;
        _layer.FreeIfUnused(this);
    }

    internal void TakeOwnership() => _isOwned = true;

    private void OnAppended(int taken, int wanted)
    {
        if (taken > 0 && !_isHeld)
        {
            Mark();
        }

        if (taken < wanted)
        {
            _isWriteBlocked = true;
            if (_sendBuffer.Length == 0)
            {
                // No acknowledgment will come that could tell of room.
                _memoryRetryNs = _layer.NowNs + MemoryRetryNs;
                Schedule();
            }
        }
    }

    private void End(NetError error)
    {
        Finish(error);
        _pendingEvents = TcpEvent.None;
        _layer.FreeIfUnused(this);
    }
}
