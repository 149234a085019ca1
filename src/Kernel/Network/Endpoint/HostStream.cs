// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Denali.Net;
using Denali.Net.Tcp;

namespace Denali.Kernel.Network;

/// <summary>A TCP connection between the kernel's host and a VM, as a stream.</summary>
/// <remarks>
/// One read and one write at a time. Disposing closes the connection in order; what was written still arrives. Reading
/// what a reset connection had received works; then the reset is told.
/// </remarks>
public sealed class HostStream : Stream, ITcpEvents
{
    private readonly HostNetwork _network;
    private readonly AsyncSignal _readable = new();
    private readonly AsyncSignal _writable = new();
    private TcpConnection? _connection;
    private bool _isOver;

    internal HostStream(HostNetwork network, TcpConnection connection)
    {
        _network = network;
        _connection = connection;
        Local = connection.Local;
        Remote = connection.Remote;
        connection.NoDelay = true;
        connection.Events = this;
        _isOver = connection.State == TcpState.Closed;
    }

    /// <summary>The endpoint on this side.</summary>
    public IpEndpoint Local { get; }

    /// <summary>The peer.</summary>
    public IpEndpoint Remote { get; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            int count = TryRead(buffer.Span);
            if (count >= 0)
            {
                return count;
            }

            await _readable.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            buffer = buffer[TryWrite(buffer.Span)..];
            if (buffer.IsEmpty)
            {
                return;
            }

            await _writable.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Ends our direction; the peer reads the end of the stream behind what was written.</summary>
    public void ShutdownSend()
    {
        _network.Enter();
        _connection?.ShutdownSend();
        _network.Leave();
    }

    /// <summary>Breaks the connection off: the peer gets a reset.</summary>
    public void Abort()
    {
        _network.Enter();
        _connection?.Abort();
        _network.Leave();
        Dispose();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) =>
        WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    void ITcpEvents.OnConnected(TcpConnection connection) => _writable.Set();

    /// <inheritdoc/>
    void ITcpEvents.OnReadable(TcpConnection connection) => _readable.Set();

    /// <inheritdoc/>
    void ITcpEvents.OnWritable(TcpConnection connection) => _writable.Set();

    /// <inheritdoc/>
    void ITcpEvents.OnClosed(TcpConnection connection)
    {
        _isOver = true;
        _readable.Set();
        _writable.Set();
    }

    /// <summary>What an error means, for people.</summary>
    internal static string Describe(NetError error) => error switch
    {
        NetError.Refused => "the connection was refused: nothing listens there",
        NetError.Reset => "the peer reset the connection",
        NetError.Aborted => "the connection was broken off here",
        NetError.TimedOut => "the peer does not answer",
        NetError.Unreachable => "there is no way to the peer",
        NetError.NoBuffers => "there is no memory for more connections",
        NetError.AddressInUse => "the port is taken",
        NetError.AddressInvalid => "the address cannot be used",
        _ => error.ToString(),
    };

    /// <summary>Lets a connection whose SYN is held be answered.</summary>
    internal void Proceed()
    {
        _network.Enter();
        _connection?.Proceed();
        _network.Leave();
    }

    internal async ValueTask WaitConnectedAsync(CancellationToken cancellation)
    {
        while (!IsConnected())
        {
            await _writable.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _network.Enter();
            _connection?.Release();
            _connection = null;
            _isOver = true;
            _network.Leave();
            _readable.Set();
            _writable.Set();
        }

        base.Dispose(disposing);
    }

    private bool IsConnected()
    {
        _network.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(_connection is null, this);
            return _isOver
                ? throw new IOException(Describe(_connection.Error))
                : _connection.State is not TcpState.SynSent;
        }
        finally
        {
            _network.Leave();
        }
    }

    /// <returns>Bytes read, 0 at the end, -1 if there is nothing now.</returns>
    private int TryRead(Span<byte> buffer)
    {
        _network.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(_connection is null, this);
            int count = _connection.Receive(buffer);
            if (count > 0 || buffer.IsEmpty)
            {
                return count;
            }

            if (_isOver && _connection.Error != NetError.None && !_connection.IsPeerEnded)
            {
                throw new IOException(Describe(_connection.Error));
            }

            return _connection.IsReceiveEnded ? 0 : -1;
        }
        finally
        {
            _network.Leave();
        }
    }

    private int TryWrite(ReadOnlySpan<byte> buffer)
    {
        _network.Enter();
        try
        {
            ObjectDisposedException.ThrowIf(_connection is null, this);
            if (_isOver)
            {
                throw new IOException(
                    _connection.Error == NetError.None ? "the connection is closed" : Describe(_connection.Error));
            }

            return _connection.State is TcpState.SynSent or TcpState.SynReceived or TcpState.Established
                or TcpState.CloseWait
                ? _connection.Send(buffer)
                : throw new IOException("this direction of the connection has ended");
        }
        finally
        {
            _network.Leave();
        }
    }
}
