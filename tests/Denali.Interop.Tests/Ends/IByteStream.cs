// SPDX-License-Identifier: MIT
using System;

namespace Denali.Interop.Tests.Ends;

/// <summary>One end of a connection. Calls wait, but not for ever; what goes wrong is an IOException.</summary>
internal interface IByteStream : IDisposable
{
    /// <summary>Sends all of it.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Receives something.</summary>
    /// <returns>How many bytes; 0 at the end.</returns>
    int Read(Span<byte> bytes);

    /// <summary>Ends this direction.</summary>
    void ShutdownSend();

    /// <summary>Breaks off: the peer gets a reset.</summary>
    void Abort();
}
