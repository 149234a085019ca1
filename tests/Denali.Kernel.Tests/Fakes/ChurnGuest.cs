// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using Denali.Engine;
using Xunit;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>A guest that idles for a random time, again and again, and takes console input as it comes.</summary>
/// <param name="number">Its number, for its random times.</param>
/// <param name="meanNs">How long it idles on average.</param>
internal sealed class ChurnGuest(int number, ulong meanNs)
{
    private const ulong Cell = 0x6_0000;

    private readonly byte[] _input = new byte[16];
    private ulong _random = (ulong)(number + 1) * 0x9E37_79B9_7F4A_7C15;
    private ulong _sentNs;
    private ulong _tookNs;
    private long _wakes;
    private long _losses;

    /// <summary>How often it was woken.</summary>
    internal long Wakes => Volatile.Read(ref _wakes);

    /// <summary>How often its memory was not as it had left it.</summary>
    internal long Losses => Volatile.Read(ref _losses);

    /// <summary>Notes that input is sent to it. Only when it has taken what was sent before.</summary>
    internal void Send(ulong nowNs)
    {
        Volatile.Write(ref _tookNs, 0);
        Volatile.Write(ref _sentNs, nowNs);
    }

    /// <summary>Whether it has taken what was sent, and how long that took.</summary>
    internal bool HasTaken(out ulong ns)
    {
        ns = Volatile.Read(ref _tookNs);
        return ns != 0;
    }

    /// <summary>What it does. It moves between slots.</summary>
    internal IEnumerable<EngineExit> Run()
    {
        yield return FakeSlot.Touch(Cell);
        for (ulong round = 0; ; round++)
        {
            Volatile.Write(ref _losses, _losses + (Read() == round ? 0 : 1));
            Write(round + 1);
            _ = FakeSlot.Here.Take();
            ulong nowNs = FakeSlot.Here.Engine.Clock.NowNs;
            if (FakeSlot.Here.ReadInput(_input) > 0)
            {
                Volatile.Write(ref _tookNs, Math.Max(nowNs - Volatile.Read(ref _sentNs), 1));
            }

            Volatile.Write(ref _wakes, _wakes + 1);
            _random = (_random * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407;
            yield return FakeSlot.Here.Idle(nowNs + ((_random >> 33) % (2 * meanNs)));
        }
    }

    private static ulong Read()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Assert.True(FakeSlot.Here.Memory.TryRead(Cell, bytes));
        return BitConverter.ToUInt64(bytes);
    }

    private static void Write(ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Assert.True(BitConverter.TryWriteBytes(bytes, value));
        Assert.True(FakeSlot.Here.Memory.TryWrite(Cell, bytes));
    }
}
