// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>A byte stream to a client: what the server needs of a TCP connection.</summary>
public interface IHttpTransport
{
    /// <summary>The client has sent all it will.</summary>
    bool IsReceiveEnded { get; }

    /// <summary>The stream is of no use any more.</summary>
    bool IsBroken { get; }

    /// <summary>Bytes that <see cref="Send"/> would take now.</summary>
    int SendRoomBytes { get; }

    /// <summary>What has come and was not taken yet, up to <see cref="HttpLimits.HeadBytesMax"/> bytes.</summary>
    /// <returns>The bytes, valid until the next call of anything here.</returns>
    ReadOnlySpan<byte> Peek();

    /// <summary>Takes what has come.</summary>
    /// <param name="count">How many bytes, no more than were seen.</param>
    void Take(int count);

    /// <summary>Sends bytes.</summary>
    /// <param name="data">The bytes; there is room for them.</param>
    void Send(ReadOnlySpan<byte> data);

    /// <summary>Sends bytes of a file.</summary>
    /// <param name="handle">The file.</param>
    /// <param name="offset">Where to begin.</param>
    /// <param name="count">How many bytes at most; the file is at least so long.</param>
    /// <returns>How many were taken: 0 if there is no room now; negative if the file cannot be read.</returns>
    long SendFile(int handle, long offset, long count);

    /// <summary>Ends this side of the stream behind what was sent.</summary>
    void EndSend();
}
