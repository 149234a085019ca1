// SPDX-License-Identifier: MIT
using System;
using Denali.Files;
using Denali.Net;

namespace Ilwaco;

/// <summary>Lends pages of the page cache to the network, which holds them until the peer has their bytes.</summary>
internal sealed class FileLender : ByteLender
{
    private const int CountShift = 32;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Bytes(in LentBytes lent) => FileSystem.Bytes(HeldOf(lent));

    /// <inheritdoc/>
    public override void Return(in LentBytes lent)
    {
        HeldBytes held = HeldOf(lent);
        FileSystem.Release(ref held);
    }

    /// <summary>What is held, in the network's words.</summary>
    internal static LentBytes Lend(FileLender lender, in HeldBytes held) => new()
    {
        Lender = lender,
        Key = (uint)held.Frame | ((ulong)(uint)held.FrameCount << CountShift),
        Offset = held.Offset,
        Length = held.Length,
    };

    private static HeldBytes HeldOf(in LentBytes lent) => new()
    {
        Frame = (int)lent.Key,
        FrameCount = (int)(lent.Key >> CountShift),
        Offset = lent.Offset,
        Length = lent.Length,
    };
}
