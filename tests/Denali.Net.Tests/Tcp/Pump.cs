// SPDX-License-Identifier: MIT
using System;
using Denali.Net.Tcp;

namespace Denali.Net.Tests.Tcp;

/// <summary>One direction of a transfer whose every byte is known.</summary>
internal sealed class Pump(TcpConnection from, TcpConnection to, long total, int seed = 0)
{
    private readonly byte[] _chunk = new byte[32 * 1024];

    public long Sent { get; private set; }

    public long Received { get; private set; }

    public bool IsWrong { get; private set; }

    public bool ShutsDown { get; init; }

    /// <summary>If set, it decides which chunks are lent instead of copied, and how long they are.</summary>
    public Random? Lending { get; init; }

    public TestLender Lender { get; } = new();

    public bool IsDone => Received == total && (!ShutsDown || to.IsReceiveEnded);

    /// <summary>Sends and receives what goes. A condition for <see cref="TestWire.RunUntil"/>.</summary>
    public bool Step()
    {
        while (Sent < total)
        {
            int count = (int)Math.Min(_chunk.Length, total - Sent);
            for (int i = 0; i < count; i++)
            {
                _chunk[i] = ByteAt(Sent + i);
            }

            int taken = Lending is not null && Lending.Next(2) == 0
                ? Lender.Send(from, _chunk.AsSpan(0, Lending.Next(count) + 1))
                : from.Send(_chunk.AsSpan(0, Lending is null ? count : Lending.Next(count) + 1));
            Sent += taken;
            if (taken == 0)
            {
                break;
            }
        }

        if (Sent == total && ShutsDown)
        {
            from.ShutdownSend();
        }

        while (to.ReadableBytes > 0)
        {
            ReadOnlySpan<byte> bytes = to.ReceiveSpan;
            for (int i = 0; i < bytes.Length; i++)
            {
                IsWrong |= bytes[i] != ByteAt(Received + i);
            }

            Received += bytes.Length;
            to.Consume(bytes.Length);
        }

        return IsDone || IsWrong;
    }

    private byte ByteAt(long index) => (byte)((index * 131) + (index >> 8) + (index >> 16) + seed);
}
