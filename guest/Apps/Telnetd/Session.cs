// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Ilwaco;

/// <summary>One peer's session. The object is made once and used by one peer after the other.</summary>
internal sealed class Session
{
    private const int LineBytesMax = 256;
    private const int ReceiveBytes = 512;

    // An idle session gives its place back.
    private const int IdleTimeoutMs = 600_000;

    private readonly Action _run;
    private readonly TelnetInput _input = new(LineBytesMax);
    private readonly byte[] _received = new byte[ReceiveBytes];
    private readonly Shell _shell = new();
    private int _isBusy;
    private int _connection;

    internal Session() => _run = Run;

    /// <summary>Begins a session in a thread of its own, which closes the connection at its end.</summary>
    /// <param name="connection">The peer's connection.</param>
    /// <returns>False if there is one already, or no thread for it.</returns>
    internal bool TryStart(int connection)
    {
        if (Interlocked.CompareExchange(ref _isBusy, 1, 0) != 0)
        {
            return false;
        }

        _connection = connection;
        if (GuestThread.TryStart(_run) is { } thread)
        {
            thread.Detach();
            return true;
        }

        Volatile.Write(ref _isBusy, 0);
        return false;
    }

    private void Run()
    {
        _input.Reset();
        _ = Posix.SetSocketOption(_connection, SocketOption.ReceiveTimeout, IdleTimeoutMs);
        if (_shell.Begin(_connection))
        {
            Converse();
        }

        _ = Posix.Close(_connection);
        Volatile.Write(ref _isBusy, 0);
    }

    private void Converse()
    {
        int length;
        while ((length = Posix.Receive(_connection, _received)) > 0)
        {
            foreach (byte value in _received.AsSpan(0, length))
            {
                if (!Take(_input.Take(value)))
                {
                    return;
                }
            }
        }
    }

    /// <summary>Does what a byte has brought about.</summary>
    /// <returns>False if the session is over.</returns>
    private bool Take(TelnetEvent what) => what switch
    {
        TelnetEvent.Line => _shell.Execute(_input.Line),
        TelnetEvent.LongLine => _shell.RefuseLine(),
        TelnetEvent.Reply => _shell.Send(_input.Reply),
        _ => true,
    };
}
