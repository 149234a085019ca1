// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Denali.Net;
using Denali.Net.Tcp;

namespace Denali.Interop.Tests.Ends;

/// <summary>Our end of a connection.</summary>
internal sealed class StackStream : IByteStream
{
    private readonly StackEnd _end;
    private readonly TcpConnection _connection;
    private bool _isReleased;

    internal StackStream(StackEnd end, TcpConnection connection)
    {
        _end = end;
        _connection = connection;
    }

    /// <summary>Why it ended.</summary>
    internal NetError Error => _end.Do(_ => _connection.Error);

    /// <summary>Does something with the connection.</summary>
    internal T Do<T>(Func<TcpConnection, T> action) => _end.Do(_ => action(_connection));

    internal void WaitUntil(Func<TcpConnection, bool> condition, string what) =>
        _end.WaitUntil(_ => condition(_connection), what);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        byte[] all = bytes.ToArray();
        int sent = 0;
        while (sent < all.Length)
        {
            _end.WaitUntil(
                _ =>
                {
                    int count = _connection.Send(all.AsSpan(sent));
                    sent += count;
                    return count > 0 || IsOver;
                },
                "sending");
            if (sent < all.Length && Do(_ => IsOver))
            {
                throw new IOException($"the connection is over: {Error}");
            }
        }
    }

    public int Read(Span<byte> bytes)
    {
        byte[] buffer = new byte[bytes.Length];
        int count = 0;
        _end.WaitUntil(
            _ =>
            {
                count = _connection.Receive(buffer);
                return count > 0 || _connection.IsReceiveEnded;
            },
            "receiving");
        if (count == 0 && Error != NetError.None)
        {
            throw new IOException($"the connection is over: {Error}");
        }

        buffer.AsSpan(0, count).CopyTo(bytes);
        return count;
    }

    public void ShutdownSend() => Do(connection =>
    {
        connection.ShutdownSend();
        return true;
    });

    public void Abort()
    {
        _ = Do(connection =>
        {
            connection.Abort();
            return true;
        });
        Dispose();
    }

    public void Dispose()
    {
        if (!_isReleased)
        {
            _isReleased = true;
            _ = Do(connection =>
            {
                connection.Release();
                return true;
            });
        }
    }

    private bool IsOver => _connection.State is TcpState.Closed or TcpState.TimeWait;
}
