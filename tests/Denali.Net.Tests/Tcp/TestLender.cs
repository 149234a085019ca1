// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Net.Tcp;

namespace Denali.Net.Tests.Tcp;

/// <summary>Lends copies of bytes, and spoils them when they come back.</summary>
internal sealed class TestLender : ByteLender
{
    private const int Before = 7;

    private readonly Dictionary<ulong, byte[]> _lent = [];
    private ulong _last;

    public int LentCount => _lent.Count;

    public int Send(TcpConnection connection, ReadOnlySpan<byte> data)
    {
        byte[] bytes = new byte[Before + data.Length];
        data.CopyTo(bytes.AsSpan(Before));
        _lent.Add(++_last, bytes);
        int taken = connection.SendLent(
            new LentBytes { Lender = this, Key = _last, Offset = Before, Length = data.Length });
        if (taken == 0)
        {
            _lent.Remove(_last);
        }

        return taken;
    }

    public override ReadOnlySpan<byte> Bytes(in LentBytes lent) => _lent[lent.Key].AsSpan(lent.Offset, lent.Length);

    public override void Return(in LentBytes lent)
    {
        if (!_lent.Remove(lent.Key, out byte[]? bytes))
        {
            throw new InvalidOperationException("bytes came back that were not lent");
        }

        Array.Fill(bytes, (byte)0xEE);
    }
}
