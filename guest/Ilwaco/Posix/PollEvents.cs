// SPDX-License-Identifier: MIT
using System;

namespace Ilwaco;

/// <summary>What a descriptor is ready for, with the numbers of Linux.</summary>
[Flags]
public enum PollEvents : short
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Reading, or accepting, does not wait (POLLIN).</summary>
    Readable = 0x001,

    /// <summary>Writing does not wait (POLLOUT).</summary>
    Writable = 0x004,

    /// <summary>An error is pending (POLLERR); told unasked.</summary>
    Error = 0x008,

    /// <summary>Both directions have ended (POLLHUP); told unasked.</summary>
    HangUp = 0x010,

    /// <summary>No such descriptor (POLLNVAL); told unasked.</summary>
    Invalid = 0x020,

    /// <summary>The peer has ended its direction (POLLRDHUP).</summary>
    ReadHangUp = 0x2000,
}
