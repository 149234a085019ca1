// SPDX-License-Identifier: MIT
using System;
using Denali.Engine;

namespace Denali.Kernel.Network;

/// <summary>A <see cref="GuestFrame"/> as a source.</summary>
internal readonly struct GuestFrameSource(GuestFrame frame) : IFrameSource
{
    public int LengthBytes => frame.LengthBytes;

    public void CopyTo(int offset, Span<byte> destination) => frame.CopyTo(offset, destination);

    public void CopyTo(int offset, GuestMemory memory, ulong address, int bytes) =>
        frame.CopyTo(offset, memory, address, bytes);
}
