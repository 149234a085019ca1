// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <content>How a connection begins and ends, and its places in the layer's structures.</content>
public sealed partial class TcpConnection
{
    private bool _isMarked;
    private bool _isOrphan;
    private bool _isHeld;
    private bool _isInAcceptQueue;
    private TcpEvent _pendingEvents;

    /// <summary>Next connection of the same bucket.</summary>
    internal TcpConnection? HashNext;

    /// <summary>Hash of the endpoints.</summary>
    internal uint Hash;

    /// <summary>Place in the heap of timers, -1 if none.</summary>
    internal int TimerIndex = -1;

    /// <summary>The time at which the heap of timers looks at this connection.</summary>
    internal ulong TimerNs;

    /// <summary>Next in the queue of connections that have something to send.</summary>
    internal TcpConnection? OutputNext;

    /// <summary>Next in an accept queue, or in the list of unused objects.</summary>
    internal TcpConnection? Next;

    /// <summary>The listener that it came by, as long as nobody has accepted it.</summary>
    internal TcpListener? Listener;

    /// <summary>Whether it is in the queue of connections that have something to send.</summary>
    internal bool IsMarked
    {
        get => _isMarked;
        set => _isMarked = value;
    }

    /// <summary>Whether it waits to be accepted.</summary>
    internal bool IsInAcceptQueue
    {
        get => _isInAcceptQueue;
        set => _isInAcceptQueue = value;
    }

    /// <summary>Whether it is in the list of unused objects.</summary>
    internal bool IsFree { get; set; }

    /// <summary>Whether a SYN waits for its verdict.</summary>
    internal bool IsHeld => _isHeld;

    /// <summary>Makes a used object as good as new.</summary>
    internal void Reset(in IpEndpoint local, in IpEndpoint remote)
    {
        _local = local;
        _remote = remote;
        _state = TcpState.Closed;
        _error = NetError.None;
        _isOwned = false;
        _isOrphan = false;
        _isHeld = false;
        _pendingEvents = TcpEvent.None;
        Listener = null;
        Events = null;
        Owner = null;
        Tag = 0;
        ResetOptions();
        ResetSending();
        ResetReceiving();
        ResetTimers();
    }

    /// <summary>Does what the listener's owner says about this SYN.</summary>
    internal void ObeyVerdict(TcpSynVerdict verdict)
    {
        switch (verdict)
        {
            case TcpSynVerdict.Accept:
                Proceed();
                break;
            case TcpSynVerdict.Hold:
                TakeOwnership();
                break;
            case TcpSynVerdict.Refuse:
                Abort();
                break;
            default:
                Finish(NetError.Aborted);
                break;
        }
    }

    /// <summary>An ICMP error came about a segment of this connection (RFC 5461, RFC 5927).</summary>
    internal void OnPathError(TcpPathError error, uint sequence)
    {
        // An attacker that cannot see the connection does not know what is outstanding (RFC 5927 section 4.1).
        if (Sequence.Less(sequence, _sndUna) || Sequence.GreaterOrEqual(sequence, _sndNxt))
        {
            return;
        }

        if (error == TcpPathError.TooLarge)
        {
            OnPathMtuChanged();
        }
        else if (error == TcpPathError.Hard && _state is TcpState.SynSent)
        {
            Finish(NetError.Refused);
        }
        else
        {
            _softError = NetError.Unreachable;
        }
    }

    /// <summary>Gives the rest of the buffers back, when nobody can read any more.</summary>
    internal void DropReceived()
    {
        DropGaps();
        _receiveBuffer.Discard(_receiveBuffer.Readable, hasMore: false, _layer.Buffers);
    }

    /// <summary>Tells the owner what has happened. It may do anything, also release the object.</summary>
    internal void DeliverEvents()
    {
        while (_pendingEvents != TcpEvent.None)
        {
            TcpEvent next = (TcpEvent)((int)_pendingEvents & -(int)_pendingEvents);
            _pendingEvents &= ~next;
            Deliver(next);
        }

        _layer.FreeIfUnused(this);
    }

    /// <summary>Ends the connection: nothing of it is left but what can be read.</summary>
    internal void Finish(NetError error)
    {
        if (IsOver)
        {
            return;
        }

        TcpListener? listener = Listener;
        if (listener is not null && _state == TcpState.SynReceived)
        {
            listener.SynQueueCount--;
            Listener = null;
        }

        Detach();
        _error = error;
        _state = TcpState.Closed;
        Raise(TcpEvent.Closed);
    }

    /// <summary>Goes on as a record of TIME-WAIT; the object is left to its owner.</summary>
    internal void EnterTimeWait(ulong nowNs)
    {
        TimeWaitRecord record = new()
        {
            Local = _local,
            Remote = _remote,
            SendNext = _sndNxt,
            ReceiveNext = _rcvNxt,
            Window = WindowField(),
            TimestampRecent = _tsRecent,
            TimestampOffset = _tsOffset,
            HasTimestamps = _hasTimestamps,
            TrafficClass = TrafficClass,
        };
        Detach();
        _state = TcpState.TimeWait;
        _layer.AddTimeWait(ref record, _isAckNow, nowNs);
        Raise(TcpEvent.Closed);
    }

    /// <summary>Puts the connection into the queue of those that have something to send.</summary>
    internal void Mark()
    {
        if (!_isMarked)
        {
            _layer.Mark(this);
        }
    }

    private void Raise(TcpEvent what) => _pendingEvents |= what;

    private void Deliver(TcpEvent what)
    {
        if (what == TcpEvent.Acceptable)
        {
            Listener?.Events?.OnAcceptable(Listener);
            return;
        }

        ITcpEvents? events = Events;
        if (events is null)
        {
            return;
        }

        switch (what)
        {
            case TcpEvent.Connected:
                events.OnConnected(this);
                break;
            case TcpEvent.Readable:
                events.OnReadable(this);
                break;
            case TcpEvent.Writable:
                events.OnWritable(this);
                break;
            default:
                events.OnClosed(this);
                break;
        }
    }

    private void Detach()
    {
        _layer.Detach(this);
        _ranges.Clear(_layer.Ranges);
        _sendBuffer.Clear(_layer.Buffers, _layer.Pieces);
        DropGaps();
        _receiveBuffer.Discard(0, hasMore: false, _layer.Buffers);
        _sackedBytes = 0;
        _lostBytes = 0;
    }
}
