// SPDX-License-Identifier: MIT
using System;

namespace Denali.Kernel.Swap;

/// <summary>The bytes that a <see cref="SwapFile"/> lies in. Any thread.</summary>
internal interface ISwapDevice : IDisposable
{
    /// <summary>Length in bytes; what lies behind it has never been written.</summary>
    long Length { get; }

    /// <summary>Reads.</summary>
    /// <param name="offset">Where to begin.</param>
    /// <param name="bytes">Gets the bytes.</param>
    /// <returns>How many were read; fewer than asked for at the end, or at the device's whim.</returns>
    /// <exception cref="System.IO.IOException">The device refused.</exception>
    int Read(long offset, Span<byte> bytes);

    /// <summary>Writes all bytes.</summary>
    /// <param name="offset">Where to begin.</param>
    /// <param name="bytes">The bytes.</param>
    /// <exception cref="System.IO.IOException">The device refused; some may be written.</exception>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Forgets all that was written.</summary>
    /// <exception cref="System.IO.IOException">The device refused.</exception>
    void Clear();

    /// <summary>Waits until what was written survives the loss of power.</summary>
    /// <exception cref="System.IO.IOException">The device refused.</exception>
    void Flush();
}
