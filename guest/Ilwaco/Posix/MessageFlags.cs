// SPDX-License-Identifier: MIT
using System;

namespace Ilwaco;

/// <summary>How to send or receive, with the numbers of Linux.</summary>
[Flags]
public enum MessageFlags
{
    /// <summary>As the socket is set.</summary>
    None = 0,

    /// <summary>Leave what is received where it is (MSG_PEEK).</summary>
    Peek = 0x02,

    /// <summary>Tell a datagram's full length, even if it is cut (MSG_TRUNC).</summary>
    Truncate = 0x20,

    /// <summary>Do not wait (MSG_DONTWAIT).</summary>
    DontWait = 0x40,

    /// <summary>Wait until all of it is there (MSG_WAITALL).</summary>
    WaitAll = 0x100,

    /// <summary>The next call sends more on this connection, at once: both may go in one frame (MSG_MORE).</summary>
    More = 0x8000,
}
